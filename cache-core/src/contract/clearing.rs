//! Removing by pattern, and giving back the room of everything.

use super::store::{Store, function, hour};
use crate::EpochName;
use crate::key::{Key, Recorder, Space};

super::named! {
    a_pattern_removes_the_direct_keys_that_match,
    a_pattern_means_what_it_says,
    a_pattern_reaches_functions_with_a_template_only,
    a_pattern_leaves_epochs_alone,
    what_was_removed_can_be_stored_again,
    a_pattern_removes_many,
    reclaim_leaves_epochs_alone,
    a_store_works_on_after_reclaim,
}

/// Which of these direct keys a pattern leaves.
fn left(store: &Store, texts: &[&str], pattern: &str) -> Vec<String> {
    for text in texts {
        store.set(&Key::direct(text), b"value", hour());
    }
    store.remove_matching(pattern);
    let there = texts.iter().filter(|text| store.read(&Key::direct(text)).is_some());
    there.map(|text| (*text).to_owned()).collect()
}

fn a_pattern_removes_the_direct_keys_that_match(store: &Store) {
    let texts = ["user", "user:1", "user:2", "users", "a user:1", "team:1"];
    assert_eq!(left(store, &texts, "user:*"), ["user", "users", "a user:1", "team:1"]);
    assert_eq!(left(store, &texts, "nothing*"), texts, "a pattern that matches nothing removed something");
    assert_eq!(left(store, &texts, "user:1"), ["user", "user:2", "users", "a user:1", "team:1"]);
    assert!(left(store, &texts, "*").is_empty(), "`*` left something");
}

fn a_pattern_means_what_it_says(store: &Store) {
    for (pattern, texts, expected) in [
        ("a?c", &["abc", "aéc", "ac", "abbc", "a?c"][..], &["ac", "abbc"][..]),
        (r"a\*", &["a*", "ab", "a"], &["ab", "a"]),
        ("[ab]", &["a", "b", "[ab]"], &["a", "b"]),
        ("a^b", &["a^b", "ab"], &["ab"]),
        (r"a\\b", &[r"a\b", "ab", r"a\\b"], &["ab", r"a\\b"]),
        ("", &["", "a"], &["a"]),
        ("a*z", &["a\nz", "a\0z", "az", "a z!"], &["a z!"]),
        ("*ü*", &["xüy", "xuy"], &["xuy"]),
        ("k:*", &["k:a", "a"], &["a"]),
        ("K*", &["k", "K"], &["k"]),
    ] {
        assert_eq!(left(store, texts, pattern), expected, "what the pattern {pattern:?} leaves of {texts:?}");
        store.remove_matching("*");
    }
}

fn a_pattern_reaches_functions_with_a_template_only(store: &Store) {
    let plain = function("users", 0);
    let readable: &'static Space = Box::leak(Box::new(Space::function("users", 0).with_template(&["user:", ""])));
    let mut seven = Recorder::new();
    seven.display(format_args!("7"));
    let mut odd = Recorder::new();
    odd.display(format_args!("a:b*"));
    let keys = [
        Key::new(plain, seven.bytes()),
        Key::new(readable, seven.bytes()),
        Key::new(readable, odd.bytes()),
        Key::direct("user:7"),
    ];
    let after = |pattern: &str| {
        for key in &keys {
            store.set(key, b"value", hour());
        }
        store.remove_matching(pattern);
        keys.each_ref().map(|key| store.read(key).is_some())
    };
    assert_eq!(after("users:user:7"), [true, false, true, true], "`name:readable-key` names one entry of a function");
    assert_eq!(after("users:*"), [true, false, false, true], "`name:*` names the entries of a function");
    assert_eq!(after("user:*"), [true, true, true, false], "a function's keys begin with its name");
    assert_eq!(after("users:user:a%3Ab%2A"), [true, true, false, true], "fields are matched as they are escaped");
    assert_eq!(after("*"), [true, false, false, false], "keys that cannot be read are matched by no pattern");
    assert_eq!(after("f:*"), [true; 4], "a pattern is compared with keys, not with their slots");
    assert_eq!(after("*0*"), [true; 4], "a pattern is compared with keys, not with their slots");
}

fn a_pattern_leaves_epochs_alone(store: &Store) {
    let names = [EpochName::HANDLER, EpochName::PATTERNS, EpochName::tag("user"), EpochName::function("user")];
    let before = store.epochs(&names, hour());
    for pattern in ["*", "user", "e:*", "t:*"] {
        store.remove_matching(pattern);
    }
    assert_eq!(store.epochs(&names, hour()), before, "removing by a pattern removed an epoch");
}

fn what_was_removed_can_be_stored_again(store: &Store) {
    let key = Key::direct("user");
    store.set(&key, b"old", hour());
    let old = store.seen(&key);
    store.remove_matching("user");
    assert!(!store.commit(&key, b"late", &old), "a commit over an entry that was removed happened");
    let seen = store.seen(&key);
    assert!(store.commit(&key, b"new", &seen), "a key that was removed by a pattern takes no value");
    assert_eq!(store.read(&key).as_deref(), Some(&b"new"[..]));
}

fn a_pattern_removes_many(store: &Store) {
    let names: Vec<String> = (0..3_000).map(|index| format!("{}:{index}", ["a", "b"][index % 2])).collect();
    for name in &names {
        store.set(&Key::direct(name), b"value", hour());
    }
    let count = |letter: &str| {
        let keys = names.iter().filter(|name| name.starts_with(letter));
        keys.filter(|name| store.read(&Key::direct(name)).is_some()).count()
    };
    let before = count("b");
    store.remove_matching("a:*");
    assert_eq!(count("a"), 0, "a pattern left entries that match");
    assert_eq!(count("b"), before, "a pattern removed entries that do not match");
}

fn reclaim_leaves_epochs_alone(store: &Store) {
    let names = [EpochName::HANDLER, EpochName::PATTERNS, EpochName::tag("t"), EpochName::function("f")];
    let before = store.epochs(&names, hour());
    store.set(&Key::direct("a"), b"value", hour());
    store.reclaim();
    assert_eq!(store.epochs(&names, hour()), before, "giving back the room of entries removed an epoch");
}

fn a_store_works_on_after_reclaim(store: &Store) {
    let key = Key::direct("a");
    store.set(&key, b"old", hour());
    let old = store.seen(&key);
    // As a clear does it: the epoch first, then the room.
    store.renew(&[EpochName::HANDLER]);
    store.reclaim();
    let seen = store.look(&key, &[]);
    if seen.stored.is_none() {
        assert!(!store.commit(&key, b"late", &old), "a commit over an entry that was removed happened");
    }
    let seen = store.seen(&key);
    assert!(store.commit(&key, b"new", &seen), "a store whose room was given back takes no value");
    assert_eq!(store.read(&key).as_deref(), Some(&b"new"[..]));
}
