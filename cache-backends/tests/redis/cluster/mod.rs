//! The handler on clusters of real servers.

mod contract;
mod entries;
mod failover;
mod moves;
mod moving;
#[cfg(feature = "ram")]
mod near;
mod nodes;
mod seeds;

use std::sync::atomic::{AtomicBool, Ordering};

/// Lets the threads of a test end when it does, also when it fails.
struct Until<'a>(&'a AtomicBool);

impl Drop for Until<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}
