//! Two implementors of a trait never share the results of a default function without a receiver.
#![deny(warnings)]

use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

trait Unit {
    const FACTOR: u32;

    #[cached]
    fn times(n: u32) -> u32 {
        RUNS.fetch_add(1, SeqCst);
        n * Self::FACTOR
    }
}

impl Unit for u8 {
    const FACTOR: u32 = 1;
}
impl Unit for u16 {
    const FACTOR: u32 = 2;
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((u8::times(5), u16::times(5)), (5, 10));
    }
    assert_eq!(RUNS.load(SeqCst), 2);
}
