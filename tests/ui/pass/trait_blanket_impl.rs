//! The types of a blanket impl never share.
#![deny(warnings)]

use larder::cached;
use std::hash::Hash;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

trait Width {
    fn width(&self, n: usize) -> usize;
}

impl<T: Hash> Width for T {
    #[cached]
    fn width(&self, n: usize) -> usize {
        RUNS.fetch_add(1, SeqCst);
        n * size_of::<T>()
    }
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((1u8.width(3), 1i8.width(3), 1u32.width(3), [1u8, 2].width(3)), (3, 3, 12, 6));
    }
    assert_eq!(RUNS.load(SeqCst), 4);
}
