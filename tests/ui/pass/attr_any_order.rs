//! The order of attributes and a comma at the end mean nothing.
#![deny(warnings)]

use larder::cached;

#[cached(ttl = 30, key = "{a}", skip(b), tags = ["t"], cache_none, bypass = b > 9, version = 1,)]
fn one(a: u64, b: u64) -> Option<u64> {
    a.checked_sub(b)
}

#[cached(
    version = 1,
    bypass = b > 9,
    cache_none,
    tags = ["t",],
    skip(b,),
    key = "{a}",
    ttl = 30,
)]
fn other(a: u64, b: u64) -> Option<u64> {
    a.checked_sub(b)
}

fn main() {
    let _lab = larder::test::lab();
    for function in [one, other] {
        assert_eq!(
            (function(1, 2), function(1, 0), function(20, 10), function(20, 11)),
            (None, None, Some(10), Some(9))
        );
    }
    assert_eq!((one::stats().hits, other::stats().hits), (1, 1));
    larder::cache().blocking().invalidate_tag("t").unwrap();
    assert_eq!((one::peek(1).unwrap(), other::peek(1).unwrap()), (None, None));
}
