//! A store that grows from nothing to many entries, by several threads: nothing is lost, and nothing is run twice.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};

use larder::{Ram, cached};

use crate::support::{entries, install_shown};

static RUNS: AtomicU64 = AtomicU64::new(0);

#[cached]
fn number(n: u64) -> u64 {
    RUNS.fetch_add(1, SeqCst);
    n + 1
}

#[cached]
fn text(text: &str) -> String {
    RUNS.fetch_add(1, SeqCst);
    text.to_owned()
}

const THREADS: u64 = 3;

/// Calls for all of `keys` by several threads, each key by two of them.
fn call_all(keys: u64, call: impl Fn(u64) + Sync) {
    let start = Barrier::new(THREADS as usize);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (start, call) = (&start, &call);
            scope.spawn(move || {
                start.wait();
                (0..keys).filter(|key| key % THREADS != thread).for_each(call);
            });
        }
    });
}

fn nothing_is_lost(keys: u64, call: impl Fn(u64) + Sync) {
    // Shards do not have equally many, and none is to be full.
    install_shown(Ram::builder().threshold(keys as usize * 2));
    call_all(keys, &call);
    assert_eq!(RUNS.load(SeqCst), keys, "each once");
    assert_eq!(entries(), keys as usize);
    call_all(keys, &call);
    assert_eq!(RUNS.load(SeqCst), keys, "all are found");
    let stats = larder::cache().stats().totals;
    assert_eq!(stats.hits + stats.coalesced + stats.runs, 4 * keys, "{stats:?}");
}

#[test]
fn nothing_is_lost_among_many_numbers() {
    nothing_is_lost(120_000, |n| assert_eq!(number(n), n + 1));
}

#[test]
fn nothing_is_lost_among_many_texts() {
    nothing_is_lost(60_000, |n| {
        let name = format!("the text with the number {n}");
        assert_eq!(text(&name), name);
    });
}

#[test]
fn what_is_there_is_found_at_every_moment_while_shards_grow() {
    const OLD: u64 = 500;
    install_shown(Ram::builder().threshold(200_000));
    (0..OLD).for_each(|n| assert_eq!(number(n), n + 1));
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut rounds = 0;
            while !is_done.load(SeqCst) {
                (0..OLD).for_each(|n| assert_eq!(number(n), n + 1));
                rounds += 1;
            }
            rounds
        });
        (0..50_000).for_each(|n| assert_eq!(text(&n.to_string()), n.to_string()));
        is_done.store(true, SeqCst);
        assert!(reader.join().unwrap() > 0);
    });
    assert_eq!(number::stats().runs, OLD, "nothing was missed");
    assert_eq!(number::stats().misses, OLD);
}
