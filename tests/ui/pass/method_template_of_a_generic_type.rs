//! A key template tells only texts apart, the types of a generic impl and method are told apart beside it.
#![deny(warnings)]

use larder::cached;
use std::fmt::Display;

struct Repo<T>(T);

impl<T: Display> Repo<T> {
    #[cached(key = "{self.0}:{n}", companions)]
    fn load<U: Display>(&self, n: U) -> (usize, usize) {
        let _ = n;
        (size_of::<T>(), size_of::<U>())
    }
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((Repo(1u8).load(1u8), Repo(1u16).load(1u8), Repo("1").load("1")), ((1, 1), (2, 1), (16, 16)));
        assert_eq!((Repo(1u8).load(1u16), Repo(2u8).load(1u8)), ((1, 2), (1, 1)));
    }
    assert_eq!((Repo::<u8>::load_stats().runs, Repo::<u8>::load_stats().hits), (5, 5));
}
