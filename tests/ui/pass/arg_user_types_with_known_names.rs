//! Types of the user's that are called `String`, `Option` or `Vec` are recorded as what they are.
#![deny(warnings)]
#![allow(clippy::len_without_is_empty)]

use larder::cached;

#[derive(Clone, Debug, Hash, PartialEq)]
struct String(u8, u8);

#[derive(Clone, Debug, Hash, PartialEq)]
struct Option<T>(T, u8);

#[derive(Clone, Debug, Hash, PartialEq)]
struct Vec;

#[cached]
fn sum(string: String, option: &Option<u8>, vec: Vec) -> u8 {
    let Vec = vec;
    string.0 + string.1 + option.0 + option.1
}

#[cached]
fn string(n: u8) -> String {
    String(n, n)
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((sum(String(1, 2), &Option(3, 4), Vec), sum(String(2, 1), &Option(3, 4), Vec)), (10, 10));
        assert_eq!((sum(String(1, 2), &Option(4, 3), Vec), string(1), string(2)), (10, String(1, 1), String(2, 2)));
    }
    assert_eq!((sum::stats().runs, string::stats().runs), (3, 2));
}
