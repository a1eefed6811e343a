//! `ttl = Self::X` is the constant of the type that the method is called on, in a generic impl too.
#![deny(warnings)]

use larder::cached;
use std::time::Duration;

trait Lives {
    const SECONDS: u64;
}
impl Lives for u8 {
    const SECONDS: u64 = 5;
}
impl Lives for u16 {
    const SECONDS: u64 = 50;
}

struct Repo<T>(T);

impl<T: Lives> Repo<T> {
    const LIFE: Duration = Duration::from_secs(T::SECONDS);

    #[cached(ttl = Self::LIFE, companions, skip(self))]
    fn load(&self, n: u64) -> u64 {
        let _ = &self.0;
        n
    }
}

fn main() {
    let lab = larder::test::lab();
    assert_eq!((Repo(1u8).load(1), Repo(1u16).load(1)), (1, 1));
    assert_eq!((Repo::<u8>::load_peek(1).unwrap(), Repo::<u16>::load_peek(1).unwrap()), (Some(1), Some(1)));
    lab.advance(Duration::from_secs(6));
    assert_eq!((Repo::<u8>::load_peek(1).unwrap(), Repo::<u16>::load_peek(1).unwrap()), (None, Some(1)));
    lab.advance(Duration::from_secs(50));
    assert_eq!(Repo::<u16>::load_peek(1).unwrap(), None);
}
