//! Arguments that a macro names do not meet those of its caller.
#![deny(warnings)]

use larder::cached;

macro_rules! make {
    ($name:ident($arg:ident), $body:expr) => {
        #[cached]
        fn $name($arg: u64, n: u64) -> u64 {
            n * 10 + $body
        }
    };
}

make!(apart(n), n);

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((apart(1, 2), apart(2, 1)), (21, 12));
    }
    assert_eq!((apart::stats().runs, apart::stats().hits), (2, 2));
}
