//! The types that a generic impl is used with never share, even where their values look the same.
#![deny(warnings)]

use larder::cached;
use std::hash::Hash;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

#[derive(Hash)]
struct Repo<T>(T);

impl<T: Hash> Repo<T> {
    #[cached]
    fn width(&self) -> usize {
        RUNS.fetch_add(1, SeqCst);
        size_of::<T>()
    }
}

fn main() {
    let _lab = larder::test::lab();
    assert_eq!((Repo(1u8).width(), Repo(1u64).width(), Repo([1u8]).width()), (1, 8, 1));
    assert_eq!((Repo(()).width(), Repo([0u16; 0]).width(), Repo([0u32; 2]).width()), (0, 0, 8));
    assert_eq!(RUNS.load(SeqCst), 6);
    assert_eq!((Repo(1u8).width(), Repo(1u64).width(), RUNS.load(SeqCst)), (1, 8, 6));
}
