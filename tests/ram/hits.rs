//! What a hit by the short cut is: as every other, only sooner.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use larder::{Clock, Ram, cached};

use crate::install;

static RUNS: AtomicU64 = AtomicU64::new(0);

#[cached]
fn number(n: u64) -> u64 {
    RUNS.fetch_add(1, SeqCst);
    n
}

#[cached(ttl = "150ms")]
fn soon_over(n: u64) -> u64 {
    RUNS.fetch_add(1, SeqCst);
    n
}

#[cached(tags = ["all"])]
fn tagged(n: u64) -> u64 {
    RUNS.fetch_add(1, SeqCst);
    n
}

#[cached]
fn of_type<T: Copy + Send + Sync + Into<u64> + std::hash::Hash + 'static>(t: T) -> u64 {
    t.into() + size_of::<T>() as u64 * 1_000
}

fn runs(calls: impl FnOnce()) -> u64 {
    let before = RUNS.load(SeqCst);
    calls();
    RUNS.load(SeqCst) - before
}

#[test]
fn hits_are_counted_for_the_function_and_for_its_handler() {
    install(Ram::builder());
    for _ in 0..100 {
        assert_eq!(number(7), 7);
    }
    std::thread::scope(|scope| {
        scope.spawn(|| (0..50).for_each(|_| assert_eq!(number(7), 7)));
    });
    let stats = number::stats();
    assert_eq!((stats.hits, stats.misses, stats.runs), (149, 1, 1));
    let all = larder::cache().stats();
    assert_eq!((all.totals.hits, all.handlers[0].stats.hits, all.functions[0].stats.hits), (149, 149, 149));
}

#[test]
fn what_was_stored_by_the_first_calls_of_a_function_is_found_whenever_they_come() {
    fn of<T: Copy + Send + Sync + Into<u64> + std::hash::Hash + From<u8> + 'static>() {
        // By now this thread knows the time, and takes no long way to find it out.
        (0..20_000).for_each(|_| assert_eq!(number(7), 7));
        let before = of_type::stats().runs;
        (0..40).for_each(|n| _ = of_type(T::from(n)));
        // It is off its processor, and has to ask for the time.
        std::thread::park_timeout(Duration::from_millis(5));
        (0..40).for_each(|n| _ = of_type(T::from(n)));
        assert_eq!(of_type::stats().runs - before, 40);
    }
    install(Ram::builder());
    of::<u8>();
    of::<u16>();
    of::<u32>();
    of::<u64>();
}

#[test]
fn what_is_invalidated_is_no_hit_any_more() {
    install(Ram::builder());
    let cache = larder::cache().blocking();
    assert_eq!(runs(|| (0..9).for_each(|_| _ = black_box(number(1)))), 1);
    number::invalidate(1).unwrap();
    assert_eq!(runs(|| _ = black_box(number(1))), 1);
    number::clear().unwrap();
    assert_eq!(runs(|| _ = black_box((number(1), number(1)))), 1);
    cache.clear().unwrap();
    assert_eq!(runs(|| _ = black_box((number(1), number(1)))), 1);
    assert_eq!(runs(|| _ = black_box((tagged(1), tagged(1)))), 1);
    cache.invalidate_tag("all").unwrap();
    assert_eq!(runs(|| _ = black_box((tagged(1), tagged(1)))), 1);
}

#[test]
fn nothing_is_served_late() {
    install(Ram::builder());
    let clock = Clock::system();
    let (mut start, mut late) = (0, 0);
    for _ in 0..200_000 {
        if runs(|| _ = black_box(soon_over(1))) == 1 {
            start = clock.now();
        } else {
            late = late.max(clock.now() - start);
        }
    }
    // The run ended before `start`; what the clock goes on between the call and the question is not the cache's doing, but
    // threads are stopped at times.
    assert!(late < 150 + 100, "served {late} ms after it was stored");
}

#[test]
fn nothing_is_served_late_after_a_time_without_calls() {
    install(Ram::builder());
    assert_eq!(runs(|| _ = black_box((soon_over(1), soon_over(1)))), 1);
    // By then nobody writes the time down.
    std::thread::park_timeout(Duration::from_millis(400));
    assert_eq!(runs(|| _ = black_box((soon_over(1), soon_over(1)))), 1);
}

#[test]
fn instances_of_a_generic_function_do_not_share() {
    install(Ram::builder());
    for _ in 0..3 {
        assert_eq!((of_type(1_u8), of_type(1_u16), of_type(1_u32)), (1_001, 2_001, 4_001));
    }
    let stats = of_type::stats();
    assert_eq!((stats.hits, stats.runs), (6, 3));
}

#[test]
fn an_installed_cache_takes_the_place_of_the_one_that_was_used_before() {
    assert_eq!(runs(|| _ = black_box((number(1), number(1), number(1)))), 1);
    install(Ram::builder().threshold(10));
    assert_eq!(runs(|| _ = black_box((number(1), number(1), number(1)))), 1);
    number::invalidate(1).unwrap();
    assert_eq!(runs(|| _ = black_box((number(1), number(1)))), 1);
    assert_eq!(larder::cache().stats().functions[0].stats.hits, 3);
}

#[test]
fn a_hit_by_direct_use_is_another_key() {
    install(Ram::builder());
    let cache = larder::cache().blocking();
    number(1);
    cache.set("1", 5_u64, 300).unwrap();
    assert_eq!((number(1), cache.get::<u64>("1").unwrap()), (1, Some(5)));
}
