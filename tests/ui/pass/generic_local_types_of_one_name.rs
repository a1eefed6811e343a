//! Types of one name in two blocks are two types, and so are two closures.
#![deny(warnings)]

use larder::cached;
use std::hash::Hash;

#[cached]
fn width<T: Hash>(value: T) -> usize {
    let _ = value;
    size_of::<T>()
}

#[cached]
fn call<F: Fn() -> u8>(twice: bool) -> usize {
    let _ = twice;
    size_of::<F>()
}

fn of<F: Fn() -> u8>(_: &F) -> usize {
    call::<F>(true)
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        let small = {
            #[derive(Hash)]
            struct Local(u8);
            width(Local(1))
        };
        let large = {
            #[derive(Hash)]
            struct Local(u8, [u64; 0]);
            width(Local(1, []))
        };
        assert_eq!((small, large), (1, 8));
        let (byte, word) = (1u8, 1u64);
        assert_eq!((of(&move || byte), of(&move || word as u8)), (1, 8));
    }
    assert_eq!((width::stats().runs, call::stats().runs), (2, 2));
}
