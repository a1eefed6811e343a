//! The methods of two impls of a trait never share, however much their receivers look alike.
#![deny(warnings)]

use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

trait Load {
    fn load(&self, n: u64) -> u64;
}

impl Load for u8 {
    #[cached]
    fn load(&self, n: u64) -> u64 {
        RUNS.fetch_add(1, SeqCst);
        n + u64::from(*self)
    }
}

impl Load for (u8,) {
    #[cached]
    fn load(&self, n: u64) -> u64 {
        RUNS.fetch_add(1, SeqCst);
        n + u64::from(self.0) + 100
    }
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((1u8.load(1), (1u8,).load(1)), (2, 102));
    }
    assert_eq!(RUNS.load(SeqCst), 2);
}
