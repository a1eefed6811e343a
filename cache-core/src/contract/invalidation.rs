//! An invalidation defeats every commit whose look came before it, and none whose look came after.

use super::store::{Store, hour};
use crate::key::Key;
use crate::{EpochName, Slot, When};

super::named! {
    an_invalidated_entry_is_gone,
    an_invalidation_defeats_looks_that_saw_an_entry,
    an_invalidation_defeats_looks_that_saw_nothing,
    an_invalidation_defeats_looks_that_saw_an_invalidation,
    a_look_after_an_invalidation_can_commit,
    an_invalidation_reaches_its_key_only,
    eviction_does_not_undo_an_invalidation,
    an_invalidation_takes_no_room_for_ever,
}

fn an_invalidated_entry_is_gone(store: &Store) {
    let key = Key::direct("a");
    store.set(&key, b"value", hour());
    store.invalidate(&key, hour());
    assert_eq!(store.read(&key), None, "an entry that was invalidated is given");
    let looked = store.look(&key, &[]).stored.map(|stored| Store::payload(&stored));
    assert!(looked != Some(b"value".to_vec()), "`look` gives an entry that was invalidated");
}

fn an_invalidation_defeats_looks_that_saw_an_entry(store: &Store) {
    let key = Key::direct("a");
    store.set(&key, b"old", hour());
    let seen = store.seen(&key);
    store.invalidate(&key, hour());
    assert!(!store.commit(&key, b"late", &seen), "a run that began before an invalidation stored its result");
    assert_eq!(store.read(&key), None);
}

fn an_invalidation_defeats_looks_that_saw_nothing(store: &Store) {
    let key = Key::direct("a");
    let seen = store.seen(&key);
    store.invalidate(&key, hour());
    assert!(!store.commit(&key, b"late", &seen), "a run that began before an invalidation stored its result");
    assert_eq!(store.read(&key), None);
}

fn an_invalidation_defeats_looks_that_saw_an_invalidation(store: &Store) {
    let key = Key::direct("a");
    store.invalidate(&key, hour());
    let seen = store.seen(&key);
    store.invalidate(&key, hour());
    assert!(!store.commit(&key, b"late", &seen), "two invalidations count as one: what came between them is stored");
    assert_eq!(store.read(&key), None);
}

fn a_look_after_an_invalidation_can_commit(store: &Store) {
    let (full, empty) = (Key::direct("full"), Key::direct("empty"));
    store.set(&full, b"old", hour());
    for key in [&full, &empty] {
        store.invalidate(key, hour());
        let seen = store.seen(key);
        assert!(store.commit(key, b"new", &seen), "a run that began after an invalidation cannot store its result");
        assert_eq!(store.read(key).as_deref(), Some(&b"new"[..]));
    }
    store.invalidate(&full, hour());
    store.set(&full, b"set", hour());
    assert_eq!(store.read(&full).as_deref(), Some(&b"set"[..]), "an invalidated key cannot be set");
}

fn an_invalidation_reaches_its_key_only(store: &Store) {
    let (key, other, tag) = (Key::direct("a"), Key::direct("ab"), EpochName::tag("a"));
    let epoch = store.epoch(&tag);
    store.set(&other, b"other", hour());
    let seen = store.seen(&other);
    store.invalidate(&key, hour());
    assert_eq!(store.read(&other).as_deref(), Some(&b"other"[..]), "an invalidation removed another key's entry");
    assert_eq!(store.current(&tag), Some(epoch), "an invalidation of a key changed an epoch");
    assert!(store.commit(&other, b"new", &seen), "an invalidation defeated a commit of another key");
}

/// A run is on its way when its key is invalidated, and many other entries are stored before it ends.
fn eviction_does_not_undo_an_invalidation(store: &Store) {
    let key = Key::direct("a");
    let seen = store.seen(&key);
    store.invalidate(&key, hour());
    for index in 0..3_000 {
        let name = format!("key {index}");
        store.put(&Key::direct(&name), &[0; 100], hour(), When::Always);
    }
    assert!(!store.commit(&key, b"late", &seen), "entries that were stored since pushed an invalidation out");
}

fn an_invalidation_takes_no_room_for_ever(store: &Store) {
    let key = Key::direct("a");
    store.invalidate(&key, crate::Life::of(std::time::Duration::from_secs(1)));
    if !store.advance(std::time::Duration::from_secs(1)) {
        return;
    }
    assert!(store.get(&[Slot::Entry(&key)])[0].is_none(), "a tombstone is there after its life");
    let seen = store.seen(&key);
    assert!(store.commit(&key, b"new", &seen), "a key cannot be stored after its tombstone's life");
}
