//! `companions`, `companions = true`, `= false` and `= "name"` on free functions.
#![deny(warnings)]

use larder::cached;

#[cached(companions)]
fn on(n: u64) -> u64 {
    n
}

#[cached(companions = true)]
fn also_on(n: u64) -> u64 {
    n
}

#[cached(companions = false)]
fn off(n: u64) -> u64 {
    n
}

#[allow(non_camel_case_types)]
struct off {}

#[cached(companions = "operations")]
fn named(n: u64) -> u64 {
    n
}

fn main() {
    let lab = larder::test::lab();
    let _: off = off {};
    for function in [on, also_on, named] {
        assert_eq!((function(1), function(1)), (1, 1));
    }
    assert_eq!([on::stats().hits, also_on::stats().hits, operations::stats().hits], [1; 3]);
    assert_eq!(lab.cache().stats().functions.len(), 3);
}
