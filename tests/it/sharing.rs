//! What those who wait for a flight get, when something is invalidated while it ends.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use cache_core::{TOMBSTONE, block_on};
use larder::backend::Stored;
use larder::key::Key;
use larder::{Cache, Clock, Disk, Env, IntoHandler, Life};

use crate::late::{Gate, Handle, Late, expect, late, now, poll};

/// A run that is over once the gate is open.
fn run_behind(gate: &Gate) -> impl Future<Output = u32> + use<> {
    let gate = gate.clone();
    async move {
        gate.passed().await;
        1
    }
}

/// Every way to make a directly set key invalid that takes no key.
async fn clear(way: &str, cache: &Cache) {
    match way {
        "handler" => cache.clear().await,
        "pattern" => cache.clear_matching("k*").await,
        other => panic!("there is no way `{other}`"),
    }
    .unwrap();
}

#[test]
fn a_hit_read_before_an_invalidation_is_not_shared_with_those_who_came_after_it() {
    for way in ["handler", "pattern"] {
        let (late, cache) = late();
        now(cache.set("k", 1_u32, 300)).unwrap();
        late.looks.shut();
        let mut first = pin!(cache.get_or_set_with("k", 300, async || 2_u32));
        assert!(poll(first.as_mut()).is_pending(), "the look's answer is on its way");
        now(clear(way, &cache));
        let mut second = pin!(cache.get_or_set_with("k", 300, async || 3_u32));
        assert!(poll(second.as_mut()).is_pending());
        late.looks.open();
        assert_eq!(expect(poll(first.as_mut())).unwrap(), 1, "{way}: it began before");
        assert_eq!(expect(poll(second.as_mut())).unwrap(), 3, "{way}");
    }
}

#[test]
fn a_hit_read_while_its_key_is_being_invalidated_is_not_shared_with_those_who_came_after() {
    let (late, cache) = late();
    now(cache.set("k", 1_u32, 300)).unwrap();
    late.invalidations.shut();
    let mut removal = pin!(cache.remove("k"));
    assert!(poll(removal.as_mut()).is_pending(), "on its way to the store");
    late.looks.shut();
    let mut first = pin!(cache.get_or_set_with("k", 300, async || 2_u32));
    assert!(poll(first.as_mut()).is_pending(), "the look's answer is on its way");
    late.invalidations.open();
    expect(poll(removal.as_mut())).unwrap();
    let mut second = pin!(cache.get_or_set_with("k", 300, async || 3_u32));
    assert!(poll(second.as_mut()).is_pending());
    late.looks.open();
    assert_eq!(expect(poll(first.as_mut())).unwrap(), 1, "it began before");
    assert_eq!(expect(poll(second.as_mut())).unwrap(), 3);
}

#[test]
fn a_result_is_not_shared_with_those_who_came_after_an_invalidation_behind_its_commit() {
    for way in ["handler", "pattern"] {
        for answer in ["of the write", "of the last check"] {
            let (late, cache) = late();
            let gate = if answer == "of the write" { late.puts.clone() } else { late.currents.clone() };
            let runs = Gate::default();
            runs.shut();
            let mut first = pin!(cache.get_or_set_with("k", 300, || run_behind(&runs)));
            assert!(poll(first.as_mut()).is_pending(), "it runs");
            let mut early = pin!(cache.get_or_set_with("k", 300, async || 2_u32));
            assert!(poll(early.as_mut()).is_pending(), "it waits for the first");
            runs.open();
            gate.shut();
            assert!(poll(first.as_mut()).is_pending(), "the answer {answer} is on its way");
            now(clear(way, &cache));
            let mut after = pin!(cache.get_or_set_with("k", 300, async || 3_u32));
            let mut got = poll(after.as_mut());
            gate.open();
            assert_eq!(expect(poll(first.as_mut())).unwrap(), 1, "{way}, {answer}: it began before");
            if got.is_pending() {
                got = poll(after.as_mut());
            }
            assert_eq!(expect(got).unwrap(), 3, "{way}, {answer}");
        }
    }
}

/// What the caller gets who comes while a result is being written to a directory, of whom another process may have invalidated the
/// key behind that. Their own run would give 3.
fn got_by_who_comes_during_the_write(waited_for: bool, invalidated: bool) -> u32 {
    let directory = tempfile::tempdir().unwrap();
    let opened =
        Disk::builder().cache_dir(directory.path().join("cache")).open(&Env { clock: Clock::system() }).unwrap();
    let store = Arc::clone(opened.backend());
    let late = Late::over(Arc::clone(&store));
    let cache = Cache::builder().handler("late", Handle(late.clone())).build().unwrap();
    let runs = Gate::default();
    runs.shut();
    let mut first = pin!(cache.get_or_set_with("k", 300, || run_behind(&runs)));
    assert!(poll(first.as_mut()).is_pending(), "it runs");
    let mut early = waited_for.then(|| Box::pin(cache.get_or_set_with("k", 300, async || 2_u32)));
    if let Some(early) = &mut early {
        assert!(poll(early.as_mut()).is_pending(), "it waits for the first");
    }
    runs.open();
    late.puts.shut();
    assert!(poll(first.as_mut()).is_pending(), "the answer to its write is on its way");
    if invalidated {
        let tombstone = [TOMBSTONE, &u64::MAX.to_le_bytes(), b"another process."].concat();
        let life = Life::of(Duration::from_secs(60));
        block_on(store.invalidate(&Key::direct("k"), Stored::Bytes(tombstone), life)).unwrap();
    }
    let mut after = pin!(cache.get_or_set_with("k", 300, async || 3_u32));
    assert!(poll(after.as_mut()).is_pending(), "it waits for the first");
    late.puts.open();
    let (first, after) = block_on(async { futures::join!(first, after) });
    assert_eq!(first.unwrap(), 1);
    after.unwrap()
}

#[test]
fn who_comes_while_a_result_is_being_written_is_given_it_unless_another_process_invalidated_it_behind_that() {
    for waited_for in [false, true] {
        assert_eq!(got_by_who_comes_during_the_write(waited_for, false), 1, "{waited_for}");
        assert_ne!(got_by_who_comes_during_the_write(waited_for, true), 1, "{waited_for}");
    }
}
