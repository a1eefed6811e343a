//! `ttl` as a number is whole seconds, and `0` stores nothing.
#![deny(warnings)]

use larder::cached;
use std::time::Duration;

#[cached(ttl = 30)]
fn seconds(n: u64) -> u64 {
    n
}

#[cached(ttl = 1_000u64)]
fn suffixed(n: u64) -> u64 {
    n
}

#[cached(ttl = 0)]
fn never(n: u64) -> u64 {
    n
}

fn main() {
    let lab = larder::test::lab();
    let stored = || {
        let _ = (seconds(2), suffixed(2), never(2));
        (seconds::peek(1).unwrap().is_some(), suffixed::peek(1).unwrap().is_some(), never::peek(1).unwrap().is_some())
    };
    let _ = (seconds(1), suffixed(1), never(1));
    assert_eq!(stored(), (true, true, false));
    lab.advance(Duration::from_millis(29_999));
    assert_eq!(stored(), (true, true, false));
    lab.advance(Duration::from_millis(1));
    assert_eq!(stored(), (false, true, false));
    lab.advance(Duration::from_secs(970));
    assert_eq!((stored(), never::stats().runs), ((false, false, false), 5));
}
