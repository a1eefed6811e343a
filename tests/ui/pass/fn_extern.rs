//! `extern "C"` is kept.
#![deny(warnings)]

use larder::cached;

#[cached]
extern "C" fn foreign(n: u64) -> u64 {
    n + 1
}

#[cached]
unsafe extern "C" fn foreign_unsafe(n: u64) -> u64 {
    n + 2
}

fn main() {
    let _lab = larder::test::lab();
    let pointers: (extern "C" fn(u64) -> u64, unsafe extern "C" fn(u64) -> u64) = (foreign, foreign_unsafe);
    for _ in 0..2 {
        assert_eq!((pointers.0(1), unsafe { pointers.1(1) }), (2, 3));
    }
    assert_eq!((foreign::stats().hits, foreign_unsafe::stats().hits), (1, 1));
}
