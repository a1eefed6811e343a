//! A slot is empty from the end of its life on, to the millisecond.

use std::time::Duration;

use super::store::{Store, hour};
use crate::key::Key;
use crate::{Clock, EpochName, Life, Slot, When};

super::named! {
    an_entry_ends_exactly_with_its_life,
    a_life_ends_by_the_stores_own_clock,
    a_life_of_nothing_stores_nothing,
    a_life_without_end_does_not_end,
    a_write_begins_a_new_life,
    what_has_ended_is_nothing_to_a_write,
    an_epoch_ends_with_its_life_and_not_before,
    extending_an_epoch_never_shortens_its_life,
}

const SECOND: Duration = Duration::from_secs(1);
const MILLISECOND: Duration = Duration::from_millis(1);

fn an_entry_ends_exactly_with_its_life(store: &Store) {
    let (key, direct) = (Key::direct("a"), Key::direct("b"));
    store.set(&key, b"value", Life::of(SECOND));
    if !store.advance(SECOND - MILLISECOND) {
        return;
    }
    assert!(store.read(&key).is_some(), "an entry that lives for 1,000 ms is gone after 999");
    store.set(&direct, b"value", Life::of(MILLISECOND));
    assert!(store.read(&direct).is_some(), "an entry that lives for 1 ms is gone at once");
    store.advance(MILLISECOND);
    assert!(store.read(&key).is_none(), "an entry that lives for 1,000 ms is there after 1,000");
    assert!(store.look(&key, &[]).stored.is_none(), "`look` gives an entry whose life has ended");
    assert!(store.read(&direct).is_none(), "an entry that lives for 1 ms is there after 1");
}

/// For stores whose time cannot be moved: asks until the entry is gone, and compares with this machine's time.
fn a_life_ends_by_the_stores_own_clock(store: &Store) {
    if !store.backend().keeps_time() {
        return;
    }
    let (clock, key) = (Clock::system(), Key::direct("a"));
    let life = 40;
    let before = clock.now();
    store.set(&key, b"value", Life::of(Duration::from_millis(life)));
    while store.read(&key).is_some() {
        assert!(clock.now() - before < 30_000, "an entry that lives for {life} ms is there after 30 s");
    }
    // Two clocks that round to milliseconds differ by one.
    assert!(clock.now() - before + 1 >= life, "an entry that lives for {life} ms was gone before");
}

fn a_life_of_nothing_stores_nothing(store: &Store) {
    let key = Key::direct("a");
    store.put(&key, b"value", Life::NONE, When::Always);
    assert_eq!(store.read(&key), None, "what was written for no time at all is there");
    store.set(&key, b"old", hour());
    store.put(&key, b"new", Life::NONE, When::Always);
    assert_eq!(store.read(&key), None, "a write for no time at all replaces what was there by nothing");
}

fn a_life_without_end_does_not_end(store: &Store) {
    let key = Key::direct("a");
    store.set(&key, b"value", Life::FOREVER);
    store.advance(Duration::from_secs(500 * 365 * 24 * 60 * 60));
    assert!(store.read(&key).is_some(), "an entry without an end is gone");
}

fn a_write_begins_a_new_life(store: &Store) {
    let (longer, shorter, endless) = (Key::direct("longer"), Key::direct("shorter"), Key::direct("endless"));
    store.set(&longer, b"old", Life::of(SECOND));
    store.set(&longer, b"new", Life::of(SECOND * 3));
    store.set(&shorter, b"old", Life::of(SECOND * 3));
    store.set(&shorter, b"new", Life::of(SECOND));
    store.set(&endless, b"old", Life::of(SECOND));
    store.set(&endless, b"new", Life::FOREVER);
    if !store.advance(SECOND * 2) {
        return;
    }
    // Writes are where a store may remove what has ended.
    store.set(&Key::direct("other"), b"other", hour());
    assert_eq!(store.read(&longer).as_deref(), Some(&b"new"[..]), "an entry ended with the life of the one before");
    assert_eq!(store.read(&shorter), None, "an entry lives on with the life of the one before");
    assert_eq!(store.read(&endless).as_deref(), Some(&b"new"[..]), "an entry ended with the life of the one before");
}

fn what_has_ended_is_nothing_to_a_write(store: &Store) {
    let key = Key::direct("a");
    store.set(&key, b"old", Life::of(SECOND));
    if !store.advance(SECOND) {
        return;
    }
    assert!(store.put(&key, b"new", Life::of(SECOND), When::Absent), "an entry whose life has ended hinders `Absent`");
    assert_eq!(store.read(&key).as_deref(), Some(&b"new"[..]));
    store.advance(SECOND);
    let seen = store.seen(&key);
    assert!(store.commit(&key, b"newer", &seen), "an entry whose life has ended hinders a commit that saw nothing");
    assert_eq!(store.read(&key).as_deref(), Some(&b"newer"[..]));
}

fn an_epoch_ends_with_its_life_and_not_before(store: &Store) {
    let tag = EpochName::tag("t");
    let first = store.epochs(std::slice::from_ref(&tag), Life::of(SECOND))[0];
    if !store.advance(SECOND - MILLISECOND) {
        return;
    }
    assert_eq!(store.current(&tag), Some(first), "an epoch ended before its life did");
    let found = store.get(&[Slot::Epoch(&tag)]);
    assert!(found[0].is_some(), "`get` does not give an epoch that `current` gives");
}

fn extending_an_epoch_never_shortens_its_life(store: &Store) {
    let tags = [EpochName::tag("t"), EpochName::tag("u")];
    let first = store.epochs(&tags, Life::of(SECOND * 10));
    store.extend(&tags[..1], Life::of(SECOND * 100));
    store.extend(&tags, Life::of(SECOND));
    assert_eq!(store.epochs(&tags, Life::of(SECOND)), first, "an epoch changed when it was extended");
    if !store.advance(SECOND * 9) {
        return;
    }
    assert_eq!(store.current(&tags[1]), Some(first[1]), "extending an epoch, or asking for it, shortened its life");
    store.advance(SECOND * 90);
    assert_eq!(store.current(&tags[0]), Some(first[0]), "an epoch that was extended ended with its first life");
    let missing = EpochName::tag("missing");
    store.extend(std::slice::from_ref(&missing), hour());
    assert_eq!(store.current(&missing), None, "extending an epoch that is not there made one");
}
