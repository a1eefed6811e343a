//! The body may shadow its arguments; key, tags and ttl saw what the caller gave.
#![deny(warnings)]

use larder::cached;
use std::time::Duration;

#[cached(ttl = n, tags = "n:{n}")]
fn shadow(n: u64) -> u64 {
    let n = n + 1;
    n
}

fn main() {
    let lab = larder::test::lab();
    assert_eq!((shadow(5), shadow(5), shadow(7)), (6, 6, 8));
    lab.advance(Duration::from_secs(5));
    assert_eq!((shadow::peek(5).unwrap(), shadow::peek(7).unwrap()), (None, Some(8)));
    larder::cache().blocking().invalidate_tag("n:7").unwrap();
    assert_eq!(shadow::peek(7).unwrap(), None);
    assert_eq!((shadow::stats().runs, shadow::stats().hits), (2, 1));
}
