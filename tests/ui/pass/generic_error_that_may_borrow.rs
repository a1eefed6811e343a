//! The error of a generic function may be of a type that borrows: it is never stored.
#![deny(warnings)]

use larder::cached;
use std::hash::Hash;

#[cached]
fn checked<E>(n: u64, error: E) -> Result<u64, E>
where
    E: Clone + Hash + Send + Sync,
{
    if n > 0 { Ok(n) } else { Err(error) }
}

fn main() {
    let _lab = larder::test::lab();
    let text = String::from("zero");
    for _ in 0..2 {
        assert_eq!((checked(1, text.as_str()), checked(1, 5u8)), (Ok(1), Ok(1)));
        assert_eq!(checked(0, text.as_str()), Err("zero"));
    }
    assert_eq!((checked::stats().runs, checked::stats().hits), (4, 2));
}
