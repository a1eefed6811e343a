//! A parameter may stand for a type without a size.
#![deny(warnings)]

use larder::cached;
use std::hash::Hash;

#[cached]
fn size<T: Hash + ?Sized>(value: &T) -> usize {
    size_of_val(value)
}

#[cached]
fn higher<T>(value: T) -> usize
where
    for<'a> &'a T: Hash,
    T: Hash,
{
    size_of_val(&value)
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((size("ab"), size(b"ab".as_slice()), size(&1u32), size(&[1u16, 2][..])), (2, 2, 4, 4));
        assert_eq!((higher(1u8), higher(1u16)), (1, 2));
    }
    assert_eq!((size::stats().runs, higher::stats().runs), (4, 2));
    assert_eq!(size::peek::<str>("ab").unwrap(), Some(2));
}
