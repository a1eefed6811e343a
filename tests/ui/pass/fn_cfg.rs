//! `cfg` on a function goes for its operations; what is configured away may be nonsense.
#![deny(warnings)]

use larder::cached;

#[cached]
#[cfg(all())]
fn which(n: u8) -> u8 {
    n + 1
}

#[cached]
#[cfg(any())]
fn which(n: Absent) -> u8 {}

#[cfg(any())]
#[cached]
fn which(n: AbsentToo) -> u8 {}

fn main() {
    let _lab = larder::test::lab();
    assert_eq!((which(1), which(1), which::peek(1).unwrap(), which::stats().runs), (2, 2, Some(2), 1));
}
