//! Values of two types that look the same are two keys of generic code.
#![deny(warnings)]

use larder::cached;
use std::hash::Hash;

#[cached]
fn name<T: Hash>(value: T) -> &'static str {
    let _ = value;
    std::any::type_name::<T>()
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((name(1u8), name(1u16), name(1i8), name(true)), ("u8", "u16", "i8", "bool"));
        assert_eq!((name('a'), name(97u32), name("a"), name(b"a")), ("char", "u32", "&str", "&[u8; 1]"));
        assert_eq!((name(Some(1u8)), name([1u8]), name((1u8,))), ("core::option::Option<u8>", "[u8; 1]", "(u8,)"));
        assert_eq!((name(1usize), name(1u64)), ("usize", "u64"));
    }
    assert_eq!((name::stats().runs, name::stats().hits), (13, 13));
}
