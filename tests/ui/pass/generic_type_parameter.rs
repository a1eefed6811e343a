//! Two instances of a generic function never share a result, also where their arguments record the same bytes.
#![deny(warnings)]

use larder::cached;
use std::hash::Hash;

#[cached]
fn width<T: Hash>(value: T) -> usize {
    let _ = value;
    size_of::<T>()
}

#[derive(Hash)]
struct Wrapped(u8, [u64; 0]);

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((width(1u8), width(1i8), width(1u16), width(true)), (1, 1, 2, 1));
        assert_eq!((width([1u8]), width(vec![1u8]), width(Wrapped(1, []))), (1, 24, 8));
    }
    assert_eq!((width::stats().runs, width::stats().hits), (7, 7));
}
