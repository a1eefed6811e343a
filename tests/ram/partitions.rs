//! A function with a bound of its own: its entries make room for each other only.

use std::sync::atomic::{AtomicI64, Ordering::SeqCst};

use larder::{Ram, cached};

use crate::{eventually, install};

const A_FEW: usize = 2;

#[cached(threshold = 10)]
fn bounded(n: u64) -> u64 {
    n
}

#[cached(threshold = 5 * A_FEW)]
fn also_bounded(n: u64) -> u64 {
    n
}

#[cached]
fn unbounded(n: u64) -> u64 {
    n
}

#[cached(threshold = 2_000)]
fn of_many_shards(n: u64) -> String {
    n.to_string()
}

#[cached(threshold = 12)]
fn of_type<T: Copy + Send + Sync + Into<u64> + std::hash::Hash + 'static>(t: T) -> u64 {
    t.into() + size_of::<T>() as u64 * 1_000
}

#[cached(threshold = 10, key = "bounded:{n}", tags = ["all"])]
fn readable(n: u64) -> u64 {
    n
}

struct Shop;

impl Shop {
    #[cached(threshold = 3, skip(self), companions)]
    fn price(&self, n: u64) -> u64 {
        n
    }
}

/// How many of these calls are answered by what is stored.
fn kept(calls: impl IntoIterator<Item = u64>, peek: impl Fn(u64) -> larder::Result<Option<u64>>) -> usize {
    calls.into_iter().filter(|n| peek(*n).unwrap().is_some()).count()
}

#[test]
fn a_function_keeps_as_many_results_as_its_bound_says() {
    install(Ram::builder());
    for n in 0..60 {
        assert_eq!((bounded(n), also_bounded(n), Shop.price(n)), (n, n, n));
        let expected = (n as usize + 1).min(10);
        assert_eq!((kept(0..=n, bounded::peek), kept(0..=n, also_bounded::peek)), (expected, expected));
        assert_eq!(kept(0..=n, Shop::price_peek), expected.min(3));
    }
}

#[test]
fn other_functions_do_not_make_its_results_leave_and_it_does_not_theirs() {
    install(Ram::builder().threshold(20));
    for n in 0..10 {
        bounded(n);
        unbounded(n);
        unbounded(10 + n);
    }
    (100..5_000).for_each(|n| _ = unbounded(n));
    assert_eq!(kept(0..10, bounded::peek), 10);
    let others = kept(0..5_000, unbounded::peek);
    (100..5_000).for_each(|n| _ = (bounded(n), also_bounded(n)));
    assert_eq!((others, kept(0..5_000, unbounded::peek)), (20, 20));
}

#[test]
fn the_instances_of_a_generic_function_share_its_bound() {
    install(Ram::builder());
    for n in 0..100_u8 {
        of_type(n);
        of_type(u16::from(n));
        of_type(u32::from(n));
        let kept = kept(0..=u64::from(n), |n| of_type::peek(n as u8))
            + kept(0..=u64::from(n), |n| of_type::peek(n as u16))
            + kept(0..=u64::from(n), |n| of_type::peek(n as u32));
        assert_eq!(kept, 12.min(3 * (usize::from(n) + 1)));
    }
}

#[test]
fn its_results_are_found_by_the_short_cut_and_counted() {
    install(Ram::builder());
    for _ in 0..50 {
        assert_eq!((bounded(7), of_type(7_u8), of_type(7_u16)), (7, 1_007, 2_007));
    }
    let (one, two) = (bounded::stats(), of_type::stats());
    assert_eq!((one.hits, one.misses, one.runs), (49, 1, 1));
    assert_eq!((two.hits, two.misses, two.runs), (98, 2, 2));
    assert_eq!(larder::cache().stats().totals.hits, 147);
}

#[test]
fn whatever_invalidates_reaches_its_results() {
    install(Ram::builder());
    let cache = larder::cache().blocking();
    let fill = || (0..10).for_each(|n| _ = (readable(n), bounded(n)));
    let left = || (kept(0..10, readable::peek), kept(0..10, bounded::peek));
    fill();
    assert_eq!(left(), (10, 10));
    readable::invalidate(3).unwrap();
    bounded::invalidate(3).unwrap();
    assert_eq!(left(), (9, 9));
    bounded::clear().unwrap();
    assert_eq!(left(), (9, 0));
    cache.clear_matching("*:bounded:5").unwrap();
    assert_eq!(left(), (8, 0));
    cache.invalidate_tag("all").unwrap();
    assert_eq!(left(), (0, 0));
    fill();
    cache.clear().unwrap();
    assert_eq!(left(), (0, 0));
}

static ALIVE: AtomicI64 = AtomicI64::new(0);

#[derive(Debug)]
struct Counted;

impl Counted {
    fn new() -> Self {
        ALIVE.fetch_add(1, SeqCst);
        Self
    }
}

impl Clone for Counted {
    fn clone(&self) -> Self {
        Self::new()
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, SeqCst);
    }
}

#[cached(threshold = 50, ttl = "30ms")]
fn soon_over(_n: u64) -> Counted {
    Counted::new()
}

#[cached(threshold = 50)]
fn counted(_n: u64) -> Counted {
    Counted::new()
}

#[test]
fn what_is_over_or_cleared_is_dropped_there_too() {
    install(Ram::builder());
    (0..50).for_each(|n| drop((soon_over(n), counted(n))));
    eventually("what has expired is dropped", || ALIVE.load(SeqCst) == 50);
    larder::cache().blocking().clear().unwrap();
    assert_eq!(ALIVE.load(SeqCst), 0);
    (0..50).for_each(|n| drop(counted(n)));
    counted::clear().unwrap();
    eventually("what was cleared is dropped", || ALIVE.load(SeqCst) == 0);
}

#[test]
fn many_threads_keep_within_it() {
    install(Ram::builder().threshold(100));
    std::thread::scope(|scope| {
        for thread in 0..4_u64 {
            scope.spawn(move || {
                for n in 0..20_000 {
                    let n = (n * 7 + thread * 13) % 5_000;
                    assert_eq!((of_many_shards(n), bounded(n)), (n.to_string(), n));
                }
            });
        }
    });
    let kept_of_many = (0..5_000).filter(|n| of_many_shards::peek(*n).unwrap().is_some()).count();
    assert!((1_500..=2_000).contains(&kept_of_many), "{kept_of_many}");
    assert_eq!(kept(0..5_000, bounded::peek), 10);
}
