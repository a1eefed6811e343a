//! Associated functions of one name, on two types of one module, never share.
#![deny(warnings)]

use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

struct Metre;
struct Mile;

impl Metre {
    #[cached]
    fn of(n: u32) -> u32 {
        RUNS.fetch_add(1, SeqCst);
        n
    }
}

impl Mile {
    #[cached]
    fn of(n: u32) -> u32 {
        RUNS.fetch_add(1, SeqCst);
        n * 1609
    }
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((Metre::of(2), Mile::of(2)), (2, 3218));
    }
    assert_eq!(RUNS.load(SeqCst), 2);
}
