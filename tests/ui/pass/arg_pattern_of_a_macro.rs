//! An argument whose pattern a macro gives is keyed by all of it.
#![deny(warnings)]

use larder::cached;

macro_rules! first {
    ($name:ident) => {
        ($name, _)
    };
}

#[cached]
fn first(first!(n): (u8, u8)) -> u8 {
    n
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((first((1, 2)), first((1, 3)), first((2, 2))), (1, 1, 2));
    }
    assert_eq!((first::stats().runs, first::stats().hits), (3, 3));
}
