//! The handler in memory on an installed cache, where hits take the short cut.
//!
//! Run it with `cargo nextest`, which gives each test a process of its own: a cache is installed once a process.
#![cfg(feature = "ram")]
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod allocations;
mod bound;
mod bytes;
mod cleared;
mod dropped;
#[cfg(unix)]
mod forked;
mod grown;
mod hits;
#[cfg(target_os = "linux")]
mod idle;
mod joined;
mod model;
mod panics;
mod partitions;
mod reclaimed;
mod reentrant;
#[cfg(target_os = "linux")]
mod stopped;
mod stress;
mod support;
mod threads;
mod weighed;

/// Installs a handler in memory, as a program does at its start.
fn install(ram: larder::RamBuilder) {
    larder::Cache::builder().handler("ram", ram).build().unwrap().install().unwrap();
}

/// Asks until `holds`, which becomes true by itself.
fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let clock = larder::Clock::system();
    let start = clock.now();
    while !holds() {
        assert!(clock.now() - start < 30_000, "not within 30 s: {what}");
        std::thread::park_timeout(std::time::Duration::from_millis(5));
    }
}
