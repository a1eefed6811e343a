//! Lifetimes, types, consts and `impl Trait` together.
#![deny(warnings)]

use larder::cached;
use std::hash::Hash;

#[cached]
fn mixed<'a, T, const N: usize>(items: &'a [T; N], name: Option<&'a str>, extra: impl Hash + Copy) -> Vec<T>
where
    T: Hash + Clone + Send + Sync + 'static,
{
    let _ = extra;
    items.iter().take(name.map_or(N, str::len)).cloned().collect()
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!(mixed(&[1u8, 2], None, 0u8), [1, 2]);
        assert_eq!(mixed(&[1u8, 2], Some("a"), 0u8), [1]);
        assert_eq!(mixed(&[1u8, 2], Some("a"), 0u16), [1]);
        assert_eq!(mixed(&[1u16, 2], None, 0u8), [1, 2]);
        assert_eq!(mixed(&[1u8], None, 0u8), [1]);
    }
    assert_eq!((mixed::stats().runs, mixed::stats().hits), (5, 5));
    assert_eq!(mixed::peek(&[1u8, 2], None, 0u8).unwrap(), Some(vec![1, 2]));
}
