//! Types local to two functions, of one name and with a method of one name, never share.
#![deny(warnings)]

use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

fn first() -> u32 {
    struct Local;
    impl Local {
        #[cached]
        fn get(n: u32) -> u32 {
            RUNS.fetch_add(1, SeqCst);
            n + 1
        }
    }
    Local::get(1)
}

fn second() -> u32 {
    struct Local;
    impl Local {
        #[cached]
        fn get(n: u32) -> u32 {
            RUNS.fetch_add(1, SeqCst);
            n + 2
        }
    }
    Local::get(1)
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((first(), second()), (2, 3));
    }
    assert_eq!(RUNS.load(SeqCst), 2);
}
