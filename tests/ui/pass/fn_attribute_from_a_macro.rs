//! A macro may give the whole attribute, or values in it.
#![deny(warnings)]

use larder::cached;
use std::time::Duration;

macro_rules! with {
    (#[$attribute:meta] $item:item) => {
        #[$attribute]
        $item
    };
}

macro_rules! valued {
    ($name:ident($n:ident), $ttl:expr, $key:literal, $handler:expr, $tag:literal, $cache_if:expr) => {
        #[cached(ttl = $ttl, key = $key, handler = $handler, tags = [$tag], cache_if = $cache_if)]
        fn $name($n: u64) -> u64 {
            $n
        }
    };
}

with! {
    #[cached(ttl = "30s", skip(other))]
    fn given(n: u64, other: u64) -> u64 { n + other }
}
valued!(first(n), 5, "n:{n}", "ram", "tag:{n}", |n| *n > 1);
valued!(second(n), "1m", "m:{n}", "disk", "tag:{n}", |n| *n > 2);

fn main() {
    let lab = larder::test::lab();
    assert_eq!((given(1, 1), given(1, 2)), (2, 2));
    let _ = [first(1), second(1), first(2), second(2), first(3), second(3)];
    let stored = || [1, 2, 3].map(|n| (first::peek(n).unwrap().is_some(), second::peek(n).unwrap().is_some()));
    assert_eq!(stored(), [(false, false), (true, false), (true, true)]);
    lab.advance(Duration::from_secs(6));
    assert_eq!(stored(), [(false, false), (false, false), (false, true)]);
    larder::cache().blocking().invalidate_tag("tag:3").unwrap();
    assert_eq!(stored(), [(false, false); 3]);
}
