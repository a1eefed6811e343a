//! Other attributes are kept, before and after `#[cached]`, and inside of the body.
#![deny(warnings)]

use larder::cached;

#[must_use]
#[cached]
#[inline]
#[allow(unused_variables)]
fn before_and_after(n: u64) -> u64 {
    #![allow(unused_mut)]
    let mut m = 1;
    let unused = n;
    m
}

#[deprecated = "it is old"]
#[cached]
fn old(n: u64) -> u64 {
    n
}

#[cached]
#[deprecated(note = "it is older")]
#[doc(hidden)]
#[cold]
fn older(n: u64) -> u64 {
    n
}

#[allow(deprecated)]
fn main() {
    let _lab = larder::test::lab();
    assert_eq!((before_and_after(5), before_and_after(5), before_and_after::stats().runs), (1, 1, 1));
    assert_eq!((old(1), old(1), older(1), older(2)), (1, 1, 1, 2));
    assert_eq!((old::stats().hits, older::stats().hits), (1, 0));
}
