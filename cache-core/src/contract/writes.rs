//! `When`: a write happens if it is allowed to, and says whether it did.

use super::store::{Store, hour};
use crate::key::Key;
use crate::{Epoch, EpochName, Life, Seen, Slot, Stored, When};

super::named! {
    always_writes,
    absent_writes_where_nothing_is,
    absent_makes_an_epoch_once,
    unchanged_writes_over_what_was_seen,
    unchanged_writes_over_nothing_seen,
    unchanged_refuses_what_was_written_since,
    unchanged_tells_two_writes_of_one_value_apart,
    unchanged_refuses_where_what_was_seen_is_gone,
    unchanged_can_empty_a_slot,
    unchanged_checks_the_epoch_it_names,
    a_refused_write_leaves_everything_as_it_was,
    a_swap_writes_and_gives_what_was_there,
}

fn always_writes(store: &Store) {
    let key = Key::direct("a");
    assert!(store.put(&key, b"1", hour(), When::Always), "a write in any case did not happen on an empty slot");
    assert!(store.put(&key, b"2", hour(), When::Always), "a write in any case did not happen on a slot that holds one");
    assert_eq!(store.read(&key).as_deref(), Some(&b"2"[..]));
}

fn absent_writes_where_nothing_is(store: &Store) {
    let key = Key::direct("a");
    assert!(store.put(&key, b"1", hour(), When::Absent), "`Absent` did not write to an empty slot");
    assert!(!store.put(&key, b"2", hour(), When::Absent), "`Absent` says that it wrote over a value");
    assert_eq!(store.read(&key).as_deref(), Some(&b"1"[..]), "`Absent` wrote over a value");
    store.put_slot(Slot::Entry(&key), None, hour(), When::Always);
    assert!(store.put(&key, b"3", hour(), When::Absent), "`Absent` did not write to a slot that was emptied");
}

fn absent_makes_an_epoch_once(store: &Store) {
    let tag = EpochName::tag("t");
    let fresh = || Some(Stored::Bytes(Epoch::random().to_bytes().to_vec()));
    assert!(store.put_slot(Slot::Epoch(&tag), fresh(), hour(), When::Absent), "`Absent` did not make an epoch");
    let first = store.current(&tag);
    assert!(first.is_some(), "an epoch was lost as soon as it was made");
    assert!(!store.put_slot(Slot::Epoch(&tag), fresh(), hour(), When::Absent), "`Absent` replaced an epoch");
    assert_eq!(store.current(&tag), first, "`Absent` replaced an epoch");
    assert!(store.put_slot(Slot::Epoch(&tag), fresh(), hour(), When::Always), "`Always` did not replace an epoch");
    assert_ne!(store.current(&tag), first, "`Always` did not replace an epoch");
}

fn unchanged_writes_over_what_was_seen(store: &Store) {
    let key = Key::direct("a");
    store.set(&key, b"old", hour());
    let seen = store.seen(&key);
    assert!(store.commit(&key, b"new", &seen), "a slot that still holds what was seen refused a write");
    assert_eq!(store.read(&key).as_deref(), Some(&b"new"[..]));
    assert!(!store.commit(&key, b"newer", &seen), "a second write over what one look saw was not refused");
    assert_eq!(store.read(&key).as_deref(), Some(&b"new"[..]));
}

fn unchanged_writes_over_nothing_seen(store: &Store) {
    let key = Key::direct("a");
    let seen = store.seen(&key);
    store.set(&Key::direct("b"), b"another key", hour());
    assert!(store.commit(&key, b"new", &seen), "a slot that is still empty refused a write");
    assert!(!store.commit(&key, b"newer", &seen), "a second write over nothing seen was not refused");
    assert_eq!(store.read(&key).as_deref(), Some(&b"new"[..]));
}

fn unchanged_refuses_what_was_written_since(store: &Store) {
    let (full, empty) = (Key::direct("full"), Key::direct("empty"));
    store.set(&full, b"old", hour());
    let (saw_old, saw_nothing) = (store.seen(&full), store.seen(&empty));
    store.set(&full, b"theirs", hour());
    store.set(&empty, b"theirs", hour());
    for (key, seen) in [(&full, &saw_old), (&empty, &saw_nothing)] {
        assert!(!store.commit(key, b"ours", seen), "a write over a slot that changed since the look happened");
        assert_eq!(store.read(key).as_deref(), Some(&b"theirs"[..]), "a refused write was made");
    }
}

fn unchanged_tells_two_writes_of_one_value_apart(store: &Store) {
    let key = Key::direct("a");
    for payload in [&b""[..], &b"the same"[..], &[7; 100_000]] {
        store.set(&key, payload, hour());
        let seen = store.seen(&key);
        store.set(&key, payload, hour());
        assert!(!store.commit(&key, b"ours", &seen), "a value that was written again counts as unchanged");
    }
}

fn unchanged_refuses_where_what_was_seen_is_gone(store: &Store) {
    let key = Key::direct("a");
    store.set(&key, b"old", hour());
    let seen = store.seen(&key);
    store.put_slot(Slot::Entry(&key), None, hour(), When::Always);
    assert!(!store.commit(&key, b"ours", &seen), "a write over a slot that was emptied since the look happened");
    assert_eq!(store.read(&key), None);
}

fn unchanged_can_empty_a_slot(store: &Store) {
    let key = Key::direct("a");
    store.set(&key, b"old", hour());
    let old = store.seen(&key);
    store.set(&key, b"new", hour());
    let empty = |seen: &Seen| {
        store.put_slot(Slot::Entry(&key), None, Life::NONE, When::Unchanged { seen, epoch: None });
        store.read(&key)
    };
    assert!(empty(&old).is_some(), "a slot that changed since the look was emptied");
    assert_eq!(empty(&store.seen(&key)), None, "a slot that still holds what was seen was not emptied");
}

fn unchanged_checks_the_epoch_it_names(store: &Store) {
    let (key, tag) = (Key::direct("a"), EpochName::tag("t"));
    let seen = store.seen(&key);
    let commit = |number| {
        let when = When::Unchanged { seen: &seen, epoch: Some((&tag, number)) };
        store.put(&key, b"value", hour(), when)
    };
    assert!(!commit(Epoch::random()), "a write that names an epoch which is not there happened");
    let before = store.epoch(&tag);
    store.renew(std::slice::from_ref(&tag));
    assert!(!commit(before), "a write that names an epoch which was replaced since happened");
    assert_eq!(store.read(&key), None);
    assert!(commit(store.epoch(&tag)), "a write that names an epoch which still has its number was refused");
    assert_eq!(store.read(&key).as_deref(), Some(&b"value"[..]));
    let number = store.epoch(&tag);
    assert!(!commit(number), "a write whose epoch stands, but whose slot changed, happened");
}

fn a_refused_write_leaves_everything_as_it_was(store: &Store) {
    let (key, tag) = (Key::direct("a"), EpochName::tag("t"));
    let nothing = store.seen(&key);
    let epoch = store.epoch(&tag);
    store.set(&key, b"theirs", hour());
    let theirs = store.seen(&key);
    assert!(!store.commit(&key, b"ours", &nothing));
    assert!(!store.put(&key, b"ours", hour(), When::Absent));
    assert_eq!(store.current(&tag), Some(epoch));
    assert!(store.commit(&key, b"next", &theirs), "a refused write changed what a look sees");
}

fn a_swap_writes_and_gives_what_was_there(store: &Store) {
    let key = Key::direct("a");
    let Some(before) = store.swap(&key, b"1", hour()) else {
        assert_eq!(store.read(&key), None, "a swap that says it cannot has written");
        return;
    };
    assert!(before.is_none(), "a swap gives something that was in an empty slot");
    assert_eq!(store.read(&key).as_deref(), Some(&b"1"[..]), "a swap did not write");
    let before = store.swap(&key, b"2", hour()).flatten();
    assert_eq!(before.as_ref().map(Store::payload).as_deref(), Some(&b"1"[..]), "a swap does not give what was there");
    assert_eq!(store.read(&key).as_deref(), Some(&b"2"[..]), "a swap did not write over a value");
    let seen = store.seen(&key);
    store.invalidate(&key, hour());
    let before = store.swap(&key, b"3", hour()).flatten();
    assert!(before.is_some(), "a swap does not give the tombstone that was there");
    assert!(!store.commit(&key, b"old", &seen), "a write went through over a swap that came since");
    assert_eq!(store.read(&key).as_deref(), Some(&b"3"[..]));
}
