//! `cache_err` and `cache_none` together, behind an alias that the attribute cannot look into.
#![deny(warnings)]

use larder::cached;

type Fallible = Result<u8, String>;
type Maybe = Option<u8>;

#[cached(cache_err, cache_none)]
fn fallible(n: u8) -> Fallible {
    n.checked_sub(1).ok_or_else(String::new)
}

#[cached(cache_err, cache_none)]
fn maybe(n: u8) -> Maybe {
    n.checked_sub(1)
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((fallible(0), fallible(1), maybe(0), maybe(1)), (Err(String::new()), Ok(0), None, Some(0)));
    }
    assert_eq!((fallible::stats().runs, maybe::stats().runs), (2, 2));
}
