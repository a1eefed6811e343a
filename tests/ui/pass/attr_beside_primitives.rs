//! Attributes hold where arguments are found without a buffer: `bypass`, `refresh`, `tags`, `ttl`, `key`, `skip`.
#![deny(warnings)]

use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

#[cached(bypass = n == 0, refresh = n == 1, skip(_now))]
fn modes(n: u64, _now: bool) -> (u64, u32) {
    (n, RUNS.fetch_add(1, SeqCst))
}

#[cached(companions = false, ttl = if n == 0 { 0 } else { 60 })]
fn short(n: u64) -> (u64, u32) {
    (n, RUNS.fetch_add(1, SeqCst))
}

#[cached(tags = ["n:{n}"])]
fn tagged(n: u64) -> (u64, u32) {
    (n, RUNS.fetch_add(1, SeqCst))
}

#[cached(companions = false, key = n % 10)]
fn by_digit(n: u64) -> (u64, u32) {
    (n, RUNS.fetch_add(1, SeqCst))
}

#[cached(companions = false, cache_if = |(n, _)| *n > 0, ttl = |(n, _)| *n)]
fn positive(n: u64) -> (u64, u32) {
    (n, RUNS.fetch_add(1, SeqCst))
}

fn check() {
    let cache = larder::cache().blocking();
    assert_eq!(modes(2, true), modes(2, false));
    assert_ne!(modes(0, true), modes(0, true));
    assert_ne!(modes(1, true), modes(1, true));
    assert_eq!(Some(modes(1, true)), modes::peek(1).unwrap());
    assert_ne!(modes(2, true), modes::refresh(2, true));
    assert_eq!(modes(2, true), modes(2, true));
    assert_ne!(modes(2, true), modes::uncached(2, true));

    assert_eq!((short(1), short(2)), (short(1), short(2)));
    assert_ne!(short(0), short(0));

    let (one, two) = (tagged(1), tagged(2));
    assert_eq!((tagged(1), tagged(2)), (one, two));
    cache.invalidate_tag("n:1").unwrap();
    assert_ne!(tagged(1), one);
    assert_eq!(tagged(2), two);

    assert_eq!(by_digit(1), by_digit(11));
    assert_ne!(by_digit(1), by_digit(12));

    assert_eq!((positive(7), positive(8)), (positive(7), positive(8)));
    assert_ne!(positive(0), positive(0));
}

fn main() {
    check();
    let _lab = larder::test::lab();
    check();
}
