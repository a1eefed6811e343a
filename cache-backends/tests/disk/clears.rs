//! Clearing much, while another process reads on.

use std::sync::atomic::{AtomicU64, Ordering};

use cache_core::{Clock, Env, Life};
use tempfile::TempDir;

use super::children::{Child, role, wait_for_the_parent};
use super::tools::{Store, builder, open_with};

const ENTRIES: usize = 200_000;
/// Of so many, one is a user.
const SHARE: usize = 10;

fn key(number: usize) -> String {
    if number.is_multiple_of(SHARE) { format!("user {number}") } else { format!("other {number}") }
}

fn value(number: usize) -> Vec<u8> {
    number.to_le_bytes().to_vec()
}

fn open_now(directory: &std::path::Path) -> Store {
    open_with(builder(directory).threshold(ENTRIES * 2), &Env { clock: Clock::system() })
}

/// Clears what it is told to, and says when; nothing where no role is given.
#[test]
fn child() {
    let Some((role, directory)) = role() else { return };
    let store = open_now(&directory);
    println!("ready");
    wait_for_the_parent();
    match role.as_str() {
        "users" => store.remove_matching("user*"),
        "users and leave" => {
            store.remove_matching("user*");
            std::process::exit(0);
        }
        "tag" => store.renew("tag"),
        "all" => store.reclaim(),
        other => panic!("no such role: {other}"),
    }
    println!("cleared");
}

/// Reads on while a child clears; gives how many reads there were meanwhile.
fn reads_during(role: &str, directory: &std::path::Path, store: &Store, from: usize) -> u64 {
    let mut child = Child::again("clears::child", role, directory);
    child.expect("ready");
    let reads = AtomicU64::new(0);
    std::thread::scope(|scope| {
        let clearing = scope.spawn(|| {
            let before = reads.load(Ordering::Relaxed);
            child.go();
            child.expect("cleared");
            let during = reads.load(Ordering::Relaxed) - before;
            child.end();
            during
        });
        for number in (from..ENTRIES).cycle().take_while(|_| !clearing.is_finished()) {
            if let Some(found) = store.get(&key(number)) {
                assert_eq!(found, value(number));
                reads.fetch_add(1, Ordering::Relaxed);
            }
        }
        clearing.join().unwrap()
    })
}

#[test]
fn clearing_many_of_many_entries_or_a_tag_or_all_stops_no_reader() {
    let directory = TempDir::new().unwrap();
    let store = open_now(directory.path());
    for number in 0..ENTRIES {
        assert!(store.set(&key(number), &value(number)));
    }
    let epoch = store.epoch("tag");
    reads_during("tag", directory.path(), &store, 0);
    assert_ne!(store.epoch("tag"), epoch);
    reads_during("users", directory.path(), &store, 0);
    for number in 0..ENTRIES {
        let expected = (!number.is_multiple_of(SHARE)).then(|| value(number));
        assert_eq!(store.get(&key(number)), expected, "{}", key(number));
    }
    // The youngest go last, so there is something to read until the end.
    let reads = reads_during("all", directory.path(), &store, ENTRIES - 1_000);
    println!("{reads} reads while all entries were removed");
    assert!(reads > 1_000, "only {reads} reads while all entries were removed");
    assert!((0..ENTRIES).all(|number| store.get(&key(number)).is_none()));
}

#[test]
fn what_was_cleared_stays_so_where_the_process_that_removes_it_ends_at_once() {
    let directory = TempDir::new().unwrap();
    let store = open_now(directory.path());
    (0..20_000).for_each(|number| assert!(store.set(&format!("user {number}"), b"value")));
    let mut child = Child::again("clears::child", "users and leave", directory.path());
    child.expect("ready");
    child.end();
    let none = |store: &Store| (0..20_000).all(|number| store.get(&format!("user {number}")).is_none());
    assert!(none(&store));
    drop(store);
    let store = open_now(directory.path());
    assert!(none(&store));
    // What is written now is younger.
    assert!(store.set("user 7", b"young"));
    assert_eq!(store.get("user 7").as_deref(), Some(&b"young"[..]));
}

#[test]
fn many_patterns_are_cleared_one_behind_the_other_and_what_comes_later_stays() {
    let directory = TempDir::new().unwrap();
    let store = open_now(directory.path());
    for round in 0..200 {
        for number in 0..20 {
            assert!(store.set(&format!("{number} of {round}"), b"value"));
        }
        store.remove_matching(&format!("?* of {round}"));
        assert!(store.set(&format!("7 of {round}"), b"young"));
        assert!((0..20).all(|number| store.get(&format!("{number} of {round}")).is_some() == (number == 7)));
    }
    assert!((0..200).all(|round| store.get(&format!("7 of {round}")).as_deref() == Some(b"young")));
}

#[test]
fn what_counts_as_cleared_can_be_committed_over_and_earlier_looks_cannot() {
    let directory = TempDir::new().unwrap();
    let store = open_now(directory.path());
    // So many that they are not removed yet.
    (0..20_000).for_each(|number| assert!(store.set(&format!("user {number}"), b"value")));
    let before = store.seen("user 1");
    store.remove_matching("user*");
    assert!(!store.commit("user 1", b"late", Life::FOREVER, &before));
    let seen = store.seen("user 1");
    assert!(store.commit("user 1", b"new", Life::FOREVER, &seen));
    assert_eq!(store.get("user 1").as_deref(), Some(&b"new"[..]));
}
