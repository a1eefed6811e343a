//! Types that macros give, and types in parentheses, are kept as they are written.
#![deny(warnings)]
#![allow(unused_parens)]

use larder::cached;

macro_rules! pair {
    ($ty:ty) => {
        ($ty, $ty)
    };
}

#[cached]
fn macros(pair: pair!(u8), text: &pair!(&str)) -> usize {
    usize::from(pair.0 + pair.1) + text.0.len()
}

#[cached]
fn odd<T>(one: (u8), other: &'_ (str), nested: [[T; 2]; 2]) -> ::std::option::Option<(T, usize)>
where
    T: std::hash::Hash + Copy + Send + Sync + 'static,
{
    Some((nested[0][1], usize::from(one) + other.len()))
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((macros((1, 2), &("a", "b")), macros((2, 1), &("a", "b")), macros((1, 2), &("ab", ""))), (4, 4, 5));
        assert_eq!((odd(1, "a", [[1, 2], [3, 4]]), odd(1, "a", [[1, 2], [4, 3]])), (Some((2, 2)), Some((2, 2))));
    }
    assert_eq!((macros::stats().runs, odd::stats().runs), (3, 2));
}
