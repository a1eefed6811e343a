//! A macro that makes the whole impl needs no mark: its functions are seen to be associated.
#![deny(warnings)]

use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

macro_rules! unit {
    ($ty:ident, $name:ident, $factor:expr) => {
        struct $ty;

        impl $ty {
            #[cached]
            fn $name(n: u32) -> u32 {
                RUNS.fetch_add(1, SeqCst);
                n * $factor
            }
        }
    };
}
unit!(Kilo, of, 1_000);
unit!(Mega, of, 1_000_000);

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((Kilo::of(2), Mega::of(2)), (2_000, 2_000_000));
    }
    assert_eq!(RUNS.load(SeqCst), 2);
}
