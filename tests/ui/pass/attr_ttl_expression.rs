//! `ttl` as an expression is anything that converts to a `Ttl`: durations, numbers, constants, calls.
#![deny(warnings)]

use larder::{Ttl, cached};
use std::time::Duration;

const A_MINUTE: Duration = Duration::from_secs(60);

#[cached(ttl = A_MINUTE / 2)]
fn duration(n: u64) -> u64 {
    n
}

mod config {
    pub fn seconds() -> u64 {
        30
    }
}

#[cached(ttl = config::seconds())]
fn number(n: u64) -> u64 {
    n
}

#[cached(ttl = Ttl::Default)]
fn default(n: u64) -> u64 {
    n
}

#[cached(ttl = if cfg!(windows) { Ttl::Forever } else { Ttl::For(Duration::from_secs(30)) })]
fn chosen(n: u64) -> u64 {
    n
}

fn main() {
    let lab = larder::test::lab();
    let _ = [duration(1), number(1), default(1), chosen(1)];
    let fresh = |after| {
        lab.advance(Duration::from_secs(after));
        [duration::peek(1), number::peek(1), default::peek(1), chosen::peek(1)].map(|found| found.unwrap().is_some())
    };
    assert_eq!(fresh(29), [true; 4]);
    assert_eq!(fresh(1), [false, false, true, cfg!(windows)]);
    assert_eq!(fresh(270)[2], false);
}
