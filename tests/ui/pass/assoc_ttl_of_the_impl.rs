//! A `ttl` may be a parameter of the impl, or a constant of one.
#![deny(warnings)]

use larder::cached;
use std::time::Duration;

trait Life {
    const SECONDS: u64;
}

struct Short;

impl Life for Short {
    const SECONDS: u64 = 5;
}

struct Repo<T, const N: u64>(std::marker::PhantomData<T>);

impl<T: Life, const N: u64> Repo<T, N> {
    #[cached(ttl = N, companions)]
    fn by_number(n: u64) -> u64 {
        n
    }

    #[cached(ttl = T::SECONDS, companions)]
    fn by_type(n: u64) -> u64 {
        n
    }
}

fn main() {
    let lab = larder::test::lab();
    type Of<const N: u64> = Repo<Short, N>;
    assert_eq!((Of::<2>::by_number(1), Of::<9>::by_number(1), Of::<2>::by_type(1)), (1, 1, 1));
    lab.advance(Duration::from_secs(3));
    assert_eq!((Of::<2>::by_number_peek(1).unwrap(), Of::<9>::by_number_peek(1).unwrap()), (None, Some(1)));
    assert_eq!(Of::<2>::by_type_peek(1).unwrap(), Some(1));
    lab.advance(Duration::from_secs(3));
    assert_eq!((Of::<2>::by_type_peek(1).unwrap(), Of::<9>::by_number_peek(1).unwrap()), (None, Some(1)));
}
