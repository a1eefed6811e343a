//! Epochs are made once, stay until they are renewed, and take no part in what happens to entries.

use super::store::{Store, hour};
use crate::key::Key;
use crate::{EpochName, Life, Slot, When};

super::named! {
    an_epoch_is_made_once_and_stays,
    several_epochs_are_given_in_the_order_asked_for,
    asking_for_what_is_there_makes_nothing,
    renewing_replaces_an_epoch,
    renewing_replaces_all_that_are_named,
    entries_never_push_an_epoch_out,
    a_look_gives_the_epochs_it_watches,
}

fn an_epoch_is_made_once_and_stays(store: &Store) {
    let name = EpochName::function("f");
    assert_eq!(store.current(&name), None, "an epoch is there before it was made");
    let first = store.epoch(&name);
    assert_eq!(store.current(&name), Some(first), "`current` does not give the epoch that was made");
    assert_eq!(store.epoch(&name), first, "asking for an epoch again made another one");
    store.set(&Key::direct("a"), b"value", hour());
    assert_eq!(store.epoch(&name), first, "storing an entry changed an epoch");
}

fn several_epochs_are_given_in_the_order_asked_for(store: &Store) {
    let names = [EpochName::HANDLER, EpochName::function("f"), EpochName::tag("t"), EpochName::tag("u")];
    let some = store.epochs(&names[1..3], hour());
    let all = store.epochs(&names, hour());
    assert_eq!(all[1..3], some, "epochs that were there before are given in another order, or were replaced");
    let mut backward = names.clone();
    backward.reverse();
    let mut expected = all.clone();
    expected.reverse();
    assert_eq!(store.epochs(&backward, hour()), expected, "epochs are not given in the order asked for");
    let twice = store.epochs(&[EpochName::tag("v"), EpochName::tag("v")], hour());
    assert_eq!(twice[0], twice[1], "an epoch that is named twice is two");
}

fn asking_for_what_is_there_makes_nothing(store: &Store) {
    let (tag, key) = (EpochName::tag("t"), Key::direct("a"));
    assert_eq!(store.look(&key, std::slice::from_ref(&tag)).epochs, [None]);
    assert_eq!(store.current(&tag), None, "`look` or `current` made an epoch");
}

fn renewing_replaces_an_epoch(store: &Store) {
    let name = EpochName::HANDLER;
    let first = store.epoch(&name);
    store.renew(std::slice::from_ref(&name));
    let second = store.current(&name);
    assert!(second.is_some(), "`renew` is to replace an epoch, not only to remove it");
    assert_ne!(second, Some(first), "`renew` left the epoch as it was");
    assert_eq!(Some(store.epoch(&name)), second, "an epoch did not stay as `renew` made it");
    let new = EpochName::tag("never asked for");
    store.renew(std::slice::from_ref(&new));
    store.renew(std::slice::from_ref(&new));
    assert_eq!(Some(store.epoch(&new)), store.current(&new), "an epoch that began with `renew` does not stay");
}

fn renewing_replaces_all_that_are_named(store: &Store) {
    let names = [EpochName::tag("t"), EpochName::tag("u"), EpochName::tag("v")];
    let before = store.epochs(&names, hour());
    store.renew(&names[..2]);
    let after = store.epochs(&names, hour());
    assert!(before[0] != after[0] && before[1] != after[1], "`renew` left out one of the epochs that it was given");
    assert_eq!(before[2], after[2], "`renew` replaced an epoch that it was not given");
}

fn entries_never_push_an_epoch_out(store: &Store) {
    let tags: Vec<EpochName<'_>> = (0..20).map(|index| EpochName::tag(&format!("tag {index}"))).collect();
    let before = store.epochs(&tags, hour());
    for index in 0..3_000 {
        let name = format!("key {index}");
        // A store that is full may refuse an entry; it may not make room at the expense of epochs.
        store.put(&Key::direct(&name), &[0; 100], hour(), When::Always);
    }
    assert_eq!(store.epochs(&tags, hour()), before, "epochs were evicted to make room for entries");
}

fn a_look_gives_the_epochs_it_watches(store: &Store) {
    let key = Key::direct("a");
    let names = [EpochName::tag("t"), EpochName::tag("missing"), EpochName::HANDLER, EpochName::tag("t")];
    let (tag, handler) = (store.epoch(&names[0]), store.epoch(&names[2]));
    for life in [None, Some(Life::FOREVER)] {
        if let Some(life) = life {
            store.set(&key, b"value", life);
        }
        let look = store.look(&key, &names);
        assert_eq!(look.stored.is_some(), life.is_some());
        let expected = [Some(tag), None, Some(handler), Some(tag)];
        assert_eq!(look.epochs, expected, "`look` does not give the epochs in the order asked for");
    }
    assert!(store.get(&[Slot::Epoch(&names[1])])[0].is_none(), "`look` made an epoch");
}
