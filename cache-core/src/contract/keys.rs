//! Keys that look alike never meet.

use super::store::{Store, function, hour};
use crate::key::{Key, KeyPart, Recorder};
use crate::{EpochName, Slot, Stored};

super::named! {
    keys_that_look_alike_never_meet,
    functions_and_direct_keys_never_meet,
    keys_of_any_length_and_any_characters_are_kept_apart,
    entries_and_epochs_never_meet,
    epochs_that_look_alike_never_meet,
}

/// What a function records for these arguments.
fn record(arguments: &impl KeyPart) -> Recorder {
    let mut recorder = Recorder::new();
    arguments.record(&mut recorder);
    recorder
}

/// Stores a value of its own under each key and expects each to be there afterwards.
fn keep_apart(store: &Store, keys: &[Key<'_>]) {
    for (index, key) in keys.iter().enumerate() {
        assert_eq!(store.read(key), None, "{} is there before it was stored: it met another key", show(key));
        store.set(key, index.to_string().as_bytes(), hour());
    }
    for (index, key) in keys.iter().enumerate() {
        let expected = index.to_string().into_bytes();
        assert_eq!(store.read(key), Some(expected), "{} was lost, or gives another key's value", show(key));
    }
    for key in keys {
        store.put_slot(Slot::Entry(key), None, hour(), crate::When::Always);
        assert_eq!(store.read(key), None, "{} is there after it was removed", show(key));
    }
}

fn show(key: &Key<'_>) -> String {
    let label: String = key.label().chars().take(60).collect();
    format!("the key {label:?} of {} bytes", key.label().len())
}

fn keys_that_look_alike_never_meet(store: &Store) {
    let texts = [
        "", " ", "a", "A", "a ", " a", "a\n", "a\r\n", "a:b", "a::b", "a*", "a?", "[a]", "a\\", "a/b", "../a", "{a}",
        "k:a", "k:", "f:0#a", "e:*", "e:t:a", "0", "00", "-0", "null", "None", "%61",
    ];
    keep_apart(store, &texts.map(Key::direct));
}

fn functions_and_direct_keys_never_meet(store: &Store) {
    let (x, y, xy) = (function("x", 0), function("y", 0), function("xy", 0));
    let newer = function("x", 1);
    let readable: &'static _ =
        Box::leak(Box::new(crate::key::Space::function("x", 0).with_template(&["user:", ":", ""])));
    let (one, two, split, joined) = (record(&1_u32), record(&2_u32), record(&("ab", "c")), record(&("a", "bc")));
    let mut fields = Recorder::new();
    fields.display(format_args!("eng"));
    fields.display(format_args!("7"));
    let named = [Key::new(x, one.bytes()), Key::new(readable, fields.bytes())];
    let texts: Vec<String> = named.iter().flat_map(|key| [key.text(), format!("k:{}", key.text())]).collect();
    let mut keys = vec![
        Key::new(x, one.bytes()),
        Key::new(x, two.bytes()),
        Key::new(x, split.bytes()),
        Key::new(x, joined.bytes()),
        Key::new(x, &[]),
        Key::new(y, one.bytes()),
        Key::new(xy, one.bytes()),
        Key::new(newer, one.bytes()),
        Key::new(readable, fields.bytes()),
        Key::direct("x:user:eng:7"),
        Key::direct("user:eng:7"),
    ];
    keys.extend(texts.iter().map(|text| Key::direct(text)));
    keep_apart(store, &keys);
}

fn keys_of_any_length_and_any_characters_are_kept_apart(store: &Store) {
    let long = "x".repeat(10_000);
    let mut texts = vec![
        "é".to_owned(),
        // The same letter to a reader, from two code points.
        "e\u{301}".to_owned(),
        "日本".to_owned(),
        "日".to_owned(),
        "\u{1F600}".to_owned(),
        "\0".to_owned(),
        "\0\0".to_owned(),
        "a\0".to_owned(),
        "a\0b".to_owned(),
        "a".to_owned(),
        format!("{long}1"),
        format!("{long}2"),
        format!("1{long}"),
        long.clone(),
    ];
    texts.extend((480..=520).step_by(8).map(|length| "y".repeat(length)));
    let keys: Vec<Key<'_>> = texts.iter().map(|text| Key::direct(text)).collect();
    keep_apart(store, &keys);
}

fn entries_and_epochs_never_meet(store: &Store) {
    let names = [EpochName::HANDLER, EpochName::PATTERNS, EpochName::tag("a"), EpochName::function("a")];
    let texts: Vec<&str> = names.iter().map(EpochName::text).chain(["a", "t:a", "*", "?"]).collect();
    let before: Vec<_> = names.iter().map(|name| store.epoch(name)).collect();
    keep_apart(store, &texts.iter().map(|text| Key::direct(text)).collect::<Vec<_>>());
    let after: Vec<_> = names.iter().map(|name| store.epoch(name)).collect();
    assert_eq!(before, after, "an entry whose key looks like an epoch's slot replaced the epoch");
}

fn epochs_that_look_alike_never_meet(store: &Store) {
    let long = "t".repeat(10_000);
    let names = [
        EpochName::HANDLER,
        EpochName::PATTERNS,
        EpochName::tag("a"),
        EpochName::function("a"),
        EpochName::tag("*"),
        EpochName::tag(""),
        EpochName::tag("f:a"),
        EpochName::tag("a\0"),
        EpochName::tag("ä"),
        EpochName::tag(&long),
        EpochName::tag(&format!("{long}2")),
    ];
    let made = store.epochs(&names, hour());
    for (index, epoch) in made.iter().enumerate() {
        assert!(!made[..index].contains(epoch), "{:?} has the epoch of another name", names[index]);
    }
    store.renew(&names[2..3]);
    for (index, (name, epoch)) in names.iter().zip(&made).enumerate() {
        let found = store.get(&[Slot::Epoch(name)]).pop().flatten();
        let same = found.as_ref().and_then(Stored::as_bytes) == Some(&epoch.to_bytes()[..]);
        assert_eq!(same, index != 2, "renewing {:?} did something else to {name:?}", names[2]);
    }
}
