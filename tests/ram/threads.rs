//! Threads that come and go: what they leave behind, and what they counted.

use std::cell::RefCell;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use larder::{Ram, cached};

use crate::allocations::{bytes_in_use, now};
use crate::install;
use crate::support::ends;

static RUNS: AtomicU64 = AtomicU64::new(0);

#[cached]
fn number(n: u64) -> u64 {
    RUNS.fetch_add(1, SeqCst);
    n
}

#[cached]
async fn number_later(n: u64) -> u64 {
    RUNS.fetch_add(1, SeqCst);
    n
}

#[cached]
fn text(n: &str) -> String {
    n.to_owned()
}

#[cached]
fn generic<T: Into<u64> + std::hash::Hash + Send + Sync + 'static>(t: T) -> u64 {
    t.into()
}

/// So many threads that hit, four at a time.
fn threads(count: u64) {
    for _ in 0..count / 4 {
        std::thread::scope(|scope| {
            for n in 0..4 {
                scope.spawn(move || assert_eq!((number(n), now(number_later(n))), (n, n)));
            }
        });
    }
}

#[test]
fn thousands_of_threads_that_end_leave_nothing_behind() {
    install(Ram::builder());
    threads(200);
    let before = bytes_in_use();
    threads(4_000);
    let more = bytes_in_use() - before;
    assert!(more < 400_000, "4,000 threads have left {more} bytes behind");
    assert_eq!((number::stats().hits, number_later::stats().hits), (4_196, 4_196));
}

#[test]
fn the_hits_of_many_threads_add_up_exactly() {
    install(Ram::builder());
    const KEYS: u64 = 40;
    for n in 0..KEYS {
        assert_eq!((number(n), now(number_later(n)), text(&n.to_string())), (n, n, n.to_string()));
        assert_eq!((generic(n), generic(n as u8)), (n, n));
    }
    let (threads, rounds) = (6, 50);
    let start = Barrier::new(threads);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                start.wait();
                for n in (0..rounds).flat_map(|_| 0..KEYS) {
                    assert_eq!((number(n), now(number_later(n)), text(&n.to_string())), (n, n, n.to_string()));
                    assert_eq!((generic(n), generic(n as u8)), (n, n));
                }
            });
        }
    });
    let calls = threads as u64 * rounds * KEYS;
    let all = [number::stats(), number_later::stats(), text::stats()];
    assert!(all.iter().all(|stats| (stats.hits, stats.misses, stats.runs) == (calls, KEYS, KEYS)), "{all:?}");
    assert_eq!((generic::stats().hits, generic::stats().runs), (2 * calls, 2 * KEYS));
    let stats = larder::cache().stats();
    assert_eq!((stats.totals.hits, stats.handlers[0].stats.hits), (5 * calls, 5 * calls));
}

#[test]
fn every_call_is_counted_as_one_thing_though_entries_come_and_go() {
    install(Ram::builder().threshold(20));
    let (threads, calls) = (4, 10_000);
    std::thread::scope(|scope| {
        for thread in 0..threads {
            scope.spawn(move || {
                (0..calls).for_each(|n| assert_eq!(number((n * n + thread) % 37), (n * n + thread) % 37));
            });
        }
    });
    let stats = number::stats();
    assert!(stats.hits > 1_000 && stats.runs > 37, "{stats:?}");
    assert_eq!(stats.hits + stats.misses + stats.coalesced, threads * calls, "{stats:?}");
    assert_eq!((stats.runs, stats.misses), (RUNS.load(SeqCst), stats.runs), "{stats:?}");
}

/// Calls cached functions when its thread ends.
struct AtTheEnd;

impl Drop for AtTheEnd {
    fn drop(&mut self) {
        for n in 0..10 {
            assert_eq!((number(n), now(number_later(n)), text("text")), (n, n, "text".to_owned()));
        }
        ENDED.fetch_add(1, SeqCst);
    }
}

static ENDED: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static FIRST: RefCell<Option<AtTheEnd>> = const { RefCell::new(None) };
    static LAST: RefCell<Option<AtTheEnd>> = const { RefCell::new(None) };
}

#[test]
fn the_destructor_of_a_thread_local_hits_as_everyone_does() {
    install(Ram::builder());
    ends(|| {
        (0..10).for_each(|n| _ = (number(n), now(number_later(n)), text("text")));
        for _ in 0..200 {
            std::thread::spawn(|| {
                // One is dropped before what larder has for the thread, and one after it.
                FIRST.set(Some(AtTheEnd));
                assert_eq!(number(1), 1);
                LAST.set(Some(AtTheEnd));
            })
            .join()
            .unwrap();
            // And in a thread that calls nothing before.
            std::thread::spawn(|| LAST.set(Some(AtTheEnd))).join().unwrap();
        }
    });
    assert_eq!(ENDED.load(SeqCst), 600);
    let (hits, runs) = (number::stats().hits, number::stats().runs);
    assert_eq!((hits, runs, number_later::stats().hits), (6_200, 10, 6_000));
    assert_eq!(text::stats().hits, 6_000 + 9);
}
