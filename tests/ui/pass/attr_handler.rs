//! `handler` names where results are kept, and a handler that fails makes misses only there.
#![deny(warnings)]

use larder::cached;

#[cached(handler = "ram")]
fn in_memory(n: u64) -> u64 {
    n
}

#[cached(handler = "redis")]
fn on_redis(n: u64) -> u64 {
    n
}

#[cached(handler = "of the user")]
fn elsewhere(n: u64) -> u64 {
    n
}

fn main() {
    let lab = larder::test::lab();
    let all = || (in_memory(1), on_redis(1), elsewhere(1));
    assert_eq!((all(), all()), ((1, 1, 1), (1, 1, 1)));
    lab.fail("redis");
    assert_eq!((all(), all()), ((1, 1, 1), (1, 1, 1)));
    assert_eq!((in_memory::stats().runs, on_redis::stats().runs, elsewhere::stats().runs), (1, 3, 1));
}
