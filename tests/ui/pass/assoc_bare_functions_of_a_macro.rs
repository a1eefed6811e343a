//! Where a macro makes bare functions inside of an impl, `companions = false` says so.
#![deny(warnings)]

use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

macro_rules! power {
    ($name:ident, $power:expr) => {
        #[cached(companions = false)]
        fn $name(n: u32) -> u32 {
            RUNS.fetch_add(1, SeqCst);
            n.pow($power) + size_of::<Self>() as u32
        }
    };
}

struct One<T>(T);

impl<T> One<T> {
    power!(square, 2);
    power!(cube, 3);
}

fn main() {
    let _lab = larder::test::lab();
    let _ = One(()).0;
    for _ in 0..2 {
        assert_eq!((One::<()>::square(2), One::<()>::cube(2), One::<u8>::cube(2)), (4, 8, 9));
    }
    assert_eq!(RUNS.load(SeqCst), 3);
}
