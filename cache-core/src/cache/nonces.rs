//! The numbers by which two writes of equal values are told apart.
//!
//! The system is asked for a random number once for each handler, since asking it takes as long as a good part of a write.
//! A child of a fork asks anew.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::epoch::Epoch;

/// An odd number whose multiples are spread over all others.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// A sequence that begins anywhere and comes back to no number before it gave all of them.
#[derive(Debug)]
pub(super) struct Nonces(AtomicU64);

impl Default for Nonces {
    fn default() -> Self {
        // The low half of an epoch is as random as the whole.
        Self(AtomicU64::new(Epoch::random().0 as u64))
    }
}

impl Nonces {
    /// The next one. (The steps of `splitmix64`: each is undone by another one, so different numbers stay different.)
    pub(super) fn next(&self) -> u64 {
        let mut number = self.0.fetch_add(STEP, Ordering::Relaxed);
        number = (number ^ number >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        number = (number ^ number >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        number ^ number >> 31
    }
}
