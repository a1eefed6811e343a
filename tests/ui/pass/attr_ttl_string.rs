//! `ttl` as a string is a duration in units, exact to the millisecond, or `"forever"`.
#![deny(warnings)]

use larder::cached;
use std::time::Duration;

#[cached(ttl = "500ms")]
fn short(n: u64) -> u64 {
    n
}

#[cached(ttl = "1h 30m")]
fn sum(n: u64) -> u64 {
    n
}

#[cached(ttl = "30")]
fn plain(n: u64) -> u64 {
    n
}

#[cached(ttl = "forever")]
fn forever(n: u64) -> u64 {
    n
}

fn main() {
    let lab = larder::test::lab();
    let _ = [short(1), sum(1), plain(1), forever(1)];
    let fresh = |after| {
        lab.advance(Duration::from_millis(after));
        [short::peek(1), sum::peek(1), plain::peek(1), forever::peek(1)].map(|found| found.unwrap().is_some())
    };
    assert_eq!(fresh(499), [true; 4]);
    assert_eq!(fresh(1), [false, true, true, true]);
    assert_eq!(fresh(29_500), [false, true, false, true]);
    assert_eq!(fresh(5_369_999), [false, true, false, true]);
    assert_eq!(fresh(1), [false, false, false, true]);
    assert_eq!(fresh(1_000_000_000_000), [false, false, false, true]);
}
