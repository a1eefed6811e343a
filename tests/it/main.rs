//! What larder promises, over its public interface and on real parts. One binary, a module a theme.
//!
//! Run it with `cargo nextest`, which gives each test a process of its own: tests of one module share their counters.
#![cfg(all(
    feature = "ram",
    feature = "disk",
    feature = "redis",
    feature = "http",
    feature = "test",
    feature = "contract"
))]
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

// Elsewhere no process can say that it runs.
#[cfg(target_os = "linux")]
mod among;
mod attributes;
mod conditions;
mod configuration;
mod copies;
mod counted;
mod custom;
mod destructors;
mod direct;
mod dropped;
mod failures;
mod flights;
mod instances;

mod invalidation;
mod keys;
mod lab;
mod late;
mod leading;
mod newest;
mod processes;
mod ram;
mod remembered;
mod responses;
mod sharing;
mod stored;
mod stress;
mod unrecordable;
mod wakers;
