//! Generated code passes the lints of strict crates.
#![deny(warnings)]
#![deny(
    missing_docs,
    missing_debug_implementations,
    missing_copy_implementations,
    unreachable_pub,
    unused_qualifications
)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
#![deny(rust_2018_idioms, future_incompatible, unused, let_underscore_drop, single_use_lifetimes, trivial_casts)]
#![deny(
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    unused_lifetimes,
    unused_results,
    variant_size_differences
)]
#![allow(clippy::pedantic, clippy::nursery)]

use larder::cached;
use std::hash::Hash;

#[cached(tags = ["t:{n}"], ttl = 30)]
fn sync(n: u64) -> Option<u64> {
    n.checked_sub(1)
}

#[cached(ttl = |n| *n, cache_if = |n| *n > 0)]
async fn later(n: u64) -> u64 {
    n
}

#[cached]
fn generic<'a, T: Hash>(value: &'a T, (name, _): (&'a str, u8)) -> usize {
    let _ = (value, name);
    size_of::<T>()
}

#[derive(Debug, Hash)]
struct Repo;

impl Repo {
    #[cached(companions)]
    async fn load(&self, n: u64) -> u64 {
        n
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((sync(1), later(1).await, generic(&1u8, ("", 1)), Repo.load(1).await), (Some(0), 1, 1, 1));
    }
    assert_eq!((sync::stats().runs, later::stats().runs, generic::stats().runs, Repo::load_stats().runs), (1, 1, 1, 1));
}
