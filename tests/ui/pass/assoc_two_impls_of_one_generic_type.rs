//! Functions of one name in impls for two instances of a generic type never share.
#![deny(warnings)]

use larder::cached;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

struct Id<T>(PhantomData<T>);

impl Id<u8> {
    #[cached]
    fn next(n: u32) -> u32 {
        RUNS.fetch_add(1, SeqCst);
        n + 1
    }
}

impl Id<u16> {
    #[cached]
    fn next(n: u32) -> u32 {
        RUNS.fetch_add(1, SeqCst);
        n + 2
    }
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((Id::<u8>::next(1), Id::<u16>::next(1)), (2, 3));
    }
    assert_eq!(RUNS.load(SeqCst), 2);
}
