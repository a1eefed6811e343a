//! A panic is the caller's, and nothing is stored of it.
#![deny(warnings)]

use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

#[cached]
fn sometimes(n: u64) -> u64 {
    assert!(RUNS.fetch_add(1, SeqCst) > 0, "the first time");
    n
}

#[cached]
fn diverges(n: u64) -> u64 {
    panic!("{n}")
}

fn main() {
    let _lab = larder::test::lab();
    std::panic::set_hook(Box::new(|_| ()));
    assert!(std::panic::catch_unwind(|| sometimes(1)).is_err());
    assert_eq!((sometimes(1), sometimes(1), RUNS.load(SeqCst)), (1, 1, 2));
    for _ in 0..2 {
        assert!(std::panic::catch_unwind(|| diverges(1)).is_err());
    }
    assert_eq!(diverges::peek(1).unwrap(), None);
}
