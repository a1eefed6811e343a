//! A generic method of a generic impl tells both kinds of parameters apart.
#![deny(warnings)]

use larder::cached;
use std::hash::Hash;

#[derive(Hash)]
struct Pair<A>(A);

impl<A: Hash> Pair<A> {
    #[cached(companions)]
    fn widths<B: Hash, const N: usize>(&self, other: B) -> (usize, usize, usize) {
        let _ = other;
        (size_of::<A>(), size_of::<B>(), N)
    }
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!(Pair(0u8).widths::<u8, 1>(0), (1, 1, 1));
        assert_eq!(Pair(0u8).widths::<u8, 2>(0), (1, 1, 2));
        assert_eq!(Pair(0u8).widths::<u16, 1>(0), (1, 2, 1));
        assert_eq!(Pair(0u16).widths::<u8, 1>(0), (2, 1, 1));
    }
    assert_eq!((Pair::<u8>::widths_stats().runs, Pair::<u8>::widths_stats().hits), (4, 4));
    assert_eq!(Pair(0u8).widths_peek::<u8, 2>(0).unwrap(), Some((1, 1, 2)));
}
