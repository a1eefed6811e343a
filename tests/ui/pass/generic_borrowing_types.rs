//! A type parameter may stand for a type that borrows.
#![deny(warnings)]

use larder::cached;
use std::hash::Hash;

#[derive(Hash, Clone, Copy)]
struct Word<'a>(&'a str);

#[cached]
fn width<T: Hash + Copy>(value: T, times: usize) -> usize {
    let _ = value;
    size_of::<T>() * times
}

fn main() {
    let _lab = larder::test::lab();
    let (one, other) = (String::from("a"), String::from("b"));
    assert_eq!((width(Word(&one), 1), width(Word(&other), 1), width(one.as_str(), 1)), (16, 16, 16));
    assert_eq!((width(Word("a"), 1), width("a", 1), width(&&*one, 1)), (16, 16, 8));
    assert_eq!((width::stats().runs, width::stats().hits), (4, 2));
}
