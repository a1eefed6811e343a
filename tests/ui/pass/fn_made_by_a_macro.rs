//! A macro may make the function around the attribute.
#![deny(warnings)]

use larder::cached;

macro_rules! make {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($arg:ident: $ty:ty) -> $out:ty $body:block) => {
        #[cached(key = $arg, ttl = 30)]
        $(#[$meta])*
        $vis fn $name($arg: $ty) -> $out $body
    };
}

make! {
    /// Twice.
    pub(crate) fn twice(n: u64) -> u64 { n * 2 }
}

make! {
    #[inline]
    fn length(text: &str) -> Option<usize> { Some(text.len()) }
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((twice(2), twice(3), length("ab"), length("ba")), (4, 6, Some(2), Some(2)));
    }
    assert_eq!((twice::stats().runs, twice::stats().hits, twice::peek(2).unwrap()), (2, 2, Some(4)));
    assert_eq!((length::stats().runs, length::peek("ab").unwrap()), (2, Some(2)));
}
