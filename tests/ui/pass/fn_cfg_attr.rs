//! The attribute may come out of `cfg_attr`, with its arguments.
#![deny(warnings)]

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

#[cfg_attr(all(), larder::cached(ttl = 30, skip(_other)))]
fn on(n: u32, _other: u32) -> u32 {
    RUNS.fetch_add(1, SeqCst);
    n
}

#[cfg_attr(any(), larder::cached)]
fn off(n: u32) -> u32 {
    RUNS.fetch_add(1, SeqCst);
    n
}

struct Repo;

impl Repo {
    #[cfg_attr(all(), larder::cached(companions))]
    fn load(n: u32) -> u32 {
        n
    }
}

fn main() {
    let _lab = larder::test::lab();
    assert_eq!((on(1, 1), on(1, 2), RUNS.swap(0, SeqCst)), (1, 1, 1));
    assert_eq!((off(1), off(1), RUNS.load(SeqCst)), (1, 1, 2));
    assert_eq!((Repo::load(1), Repo::load(1), Repo::load_stats().runs), (1, 1, 1));
}
