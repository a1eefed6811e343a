//! What was invalidated is remembered beside the entries, within bounds of its own.

use std::time::{Duration, Instant};

use cache_core::Life;
use tempfile::TempDir;

use super::tools::{Store, builder, generation, open, seconds};

fn hour() -> Life {
    seconds(3_600)
}

/// How many of the first `count` keys hold `value`.
fn there(store: &Store, count: usize) -> usize {
    (0..count).filter(|key| store.get(&format!("live {key}")).as_deref() == Some(b"value")).count()
}

fn fill(store: &Store, count: usize) {
    (0..count).for_each(|key| assert!(store.set(&format!("live {key}"), b"value")));
}

fn file_length(directory: &TempDir) -> u64 {
    std::fs::metadata(generation(directory.path()).join("data.mdb")).unwrap().len()
}

#[test]
fn invalidating_keys_that_were_never_stored_evicts_no_entry() {
    let directory = TempDir::new().unwrap();
    for builder in [builder(&directory).threshold(100), builder(&directory).prefix("bytes:").max_bytes(20_000)] {
        let store = open(builder);
        fill(&store, 50);
        (0..200).for_each(|key| store.invalidate(&format!("never stored {key}"), hour()));
        assert_eq!(there(&store, 50), 50);
    }
}

#[test]
fn what_a_run_leaves_that_stores_nothing_after_an_invalidation_evicts_no_entry() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory).threshold(100));
    fill(&store, 50);
    for key in 0..200 {
        let key = format!("never stored {key}");
        let early = store.seen(&key);
        store.invalidate(&key, hour());
        assert!(store.commit(&key, b"larder tombstone, and what core adds", hour(), &store.seen(&key)));
        assert!(!store.commit(&key, b"stale", hour(), &early));
    }
    assert_eq!(there(&store, 50), 50);
}

#[test]
fn entries_do_not_push_out_what_remembers_an_invalidation() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory).threshold(2));
    let (early, other) = (store.seen("a"), store.seen("other"));
    store.invalidate("a", hour());
    fill(&store, 100);
    assert!(store.commit("other", b"value", hour(), &other), "nothing was forgotten, so the run may be stored");
    assert!(store.get("a").is_some(), "the tombstone was pushed out");
    assert!(!store.commit("a", b"stale", hour(), &early));
}

#[test]
fn an_entry_stored_after_an_invalidation_counts_as_one_and_the_invalidation_holds() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory).threshold(3));
    let early: Vec<_> = (0..10).map(|key| store.seen(&format!("live {key}"))).collect();
    for key in 0..10 {
        let key = format!("live {key}");
        store.invalidate(&key, hour());
        assert!(store.commit(&key, b"value", hour(), &store.seen(&key)));
    }
    assert_eq!(there(&store, 10), 3);
    for (key, early) in early.iter().enumerate() {
        assert!(!store.commit(&format!("live {key}"), b"stale", hour(), early), "{key}");
    }
    // And the other way round: an entry that is invalidated makes room.
    store.invalidate("live 9", hour());
    assert!(store.set("live 10", b"value"));
    assert_eq!(there(&store, 11), 3);
}

#[test]
fn an_invalidation_whose_time_is_over_hinders_nobody_when_it_goes() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory));
    (0..100).for_each(|key| store.invalidate(&format!("live {key}"), seconds(1)));
    store.clock.advance(Duration::from_secs(2));
    let seen = store.seen("other");
    fill(&store, 100);
    assert!(store.commit("other", b"value", hour(), &seen));
    assert_eq!(there(&store, 100), 100);
}

#[test]
#[allow(clippy::disallowed_methods, reason = "how long it really takes is the question")]
fn a_hundred_thousand_invalidations_stay_within_bounds_and_are_fast_and_none_is_undone() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory).threshold(100).max_bytes(1 << 20));
    fill(&store, 50);
    let early = store.seen("never stored 0");
    let begin = Instant::now();
    (0..100_000).for_each(|key| store.invalidate(&format!("never stored {key}"), hour()));
    let took = begin.elapsed();
    println!("{took:?}, and a file of {} bytes", file_length(&directory));
    assert!(took < Duration::from_secs(60), "it took {took:?}");
    assert!(file_length(&directory) < 64 << 20, "the file has {} bytes", file_length(&directory));
    assert_eq!(there(&store, 50), 50);
    let left = (0..100_000).filter(|key| store.get(&format!("never stored {key}")).is_some()).count();
    assert_eq!(left, 65_536);
    assert_eq!(store.get("never stored 0"), None, "the oldest goes first");
    assert!(!store.commit("never stored 0", b"stale", hour(), &early), "its tombstone was pushed out");
    let now = store.seen("never stored 0");
    assert!(store.commit("never stored 0", b"new", hour(), &now));
    store.reclaim();
    assert_eq!((there(&store, 50), store.get("never stored 99999")), (0, None));
    assert!(!store.commit("never stored 99999", b"stale", hour(), &early));
}

#[test]
fn invalidations_of_long_keys_stay_within_bounds_and_none_is_undone() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory).threshold(100).max_bytes(1 << 20));
    fill(&store, 50);
    let key = |number: usize| format!("{number} {}", "long ".repeat(2_000));
    let early = store.seen(&key(0));
    (0..6_000).for_each(|number| store.invalidate(&key(number), hour()));
    assert!(file_length(&directory) < 64 << 20, "the file has {} bytes", file_length(&directory));
    assert_eq!((there(&store, 50), store.get(&key(0))), (50, None));
    assert!(!store.commit(&key(0), b"stale", hour(), &early), "its tombstone was pushed out");
}

#[test]
fn invalidations_leave_a_small_map_to_entries() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory).threshold(100).map_size(2 << 20));
    fill(&store, 50);
    let early = store.seen("never stored 0");
    (0..5_000).for_each(|key| store.invalidate(&format!("never stored {key}"), hour()));
    assert_eq!(there(&store, 50), 50);
    assert!(store.set("live 50", b"value"));
    assert_eq!(store.get("never stored 0"), None);
    assert!(!store.commit("never stored 0", b"stale", hour(), &early));
}
