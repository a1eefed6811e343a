//! What is stored is given back, whole, in the order asked for.

use std::time::Duration;

use super::store::{Store, hour};
use crate::key::Key;
use crate::{Epoch, EpochName, Form, Life, Slot, Stored, When};

super::named! {
    an_empty_store_holds_nothing,
    a_value_comes_back_as_it_was_stored,
    bytes_come_back_one_by_one,
    the_last_write_is_what_a_slot_holds,
    a_slot_can_be_emptied,
    slots_are_given_in_the_order_asked_for,
    no_slots_give_no_answers,
    a_handler_shows_the_form_that_it_says_it_keeps,
    peek_shows_the_entry_of_its_key_or_nothing,
    a_glance_shows_what_a_look_gives_or_cannot_look,
}

fn an_empty_store_holds_nothing(store: &Store) {
    let key = Key::direct("a");
    let look = store.look(&key, &[EpochName::HANDLER]);
    assert!(look.stored.is_none(), "an empty store gave {:?}", look.stored);
    assert_eq!(look.epochs, [None], "an empty store has an epoch");
    assert!(store.read(&key).is_none());
}

fn a_value_comes_back_as_it_was_stored(store: &Store) {
    for length in [0, 1, 64, 4_000, 4_096, 300_000, 1 << 20] {
        let payload: Vec<u8> = (0..length).map(|index: usize| (index.wrapping_mul(31) >> 3) as u8).collect();
        let name = format!("of {length}");
        let key = Key::direct(&name);
        store.set(&key, &payload, hour());
        let found = store.read(&key).unwrap_or_else(|| panic!("a value of {length} bytes was lost"));
        assert!(found == payload, "a value of {length} bytes came back as another one, of {} bytes", found.len());
        let looked = store.look(&key, &[]).stored.expect("`look` does not give what `get` gives");
        assert!(Store::payload(&looked) == payload, "`look` gives another value than was stored");
    }
}

fn bytes_come_back_one_by_one(store: &Store) {
    if store.backend().form() != Form::Bytes {
        return;
    }
    let key = Key::direct("bytes");
    let all: Vec<u8> = (0..=255).collect();
    for bytes in [&b""[..], b"\0", b"\xff", b"\r\n", b"nil", &all] {
        store.put_slot(Slot::Entry(&key), Some(Stored::Bytes(bytes.to_vec())), hour(), When::Always);
        let found = store.get(&[Slot::Entry(&key)]).pop().flatten();
        let found = found.unwrap_or_else(|| panic!("{bytes:?} was lost: a slot may hold any bytes, also none"));
        assert_eq!(found.as_bytes(), Some(bytes), "these bytes came back as others");
    }
}

fn the_last_write_is_what_a_slot_holds(store: &Store) {
    let key = Key::direct("a");
    for payload in [&b"first"[..], b"second, which is longer", b"3"] {
        store.set(&key, payload, hour());
        assert_eq!(store.read(&key).as_deref(), Some(payload), "the last write is not what is read");
    }
}

fn a_slot_can_be_emptied(store: &Store) {
    let (key, other) = (Key::direct("a"), Key::direct("b"));
    store.set(&key, b"value", hour());
    store.set(&other, b"other", hour());
    store.put_slot(Slot::Entry(&key), None, Life::NONE, When::Always);
    assert_eq!(store.read(&key), None, "a slot that `None` was written to still holds something");
    assert_eq!(store.read(&other).as_deref(), Some(&b"other"[..]), "emptying a slot emptied another one too");
    store.set(&key, b"again", hour());
    assert_eq!(store.read(&key).as_deref(), Some(&b"again"[..]), "a slot that was emptied takes no new value");
    let name = EpochName::tag("t");
    store.epoch(&name);
    store.put_slot(Slot::Epoch(&name), None, Life::NONE, When::Always);
    assert_eq!(store.current(&name), None, "the slot of an epoch that `None` was written to still holds something");
}

fn slots_are_given_in_the_order_asked_for(store: &Store) {
    let (a, b, gone) = (Key::direct("a"), Key::direct("b"), Key::direct("gone"));
    let tag = EpochName::tag("t");
    store.set(&a, b"A", hour());
    store.set(&b, b"B", hour());
    let epoch = store.epoch(&tag);
    let slots =
        [Slot::Entry(&b), Slot::Epoch(&tag), Slot::Entry(&gone), Slot::Entry(&a), Slot::Entry(&b), Slot::Epoch(&tag)];
    let found = store.get(&slots);
    let payload = |index: usize| found[index].as_ref().map(Store::payload);
    let number = |index: usize| found[index].as_ref().and_then(Stored::as_bytes).and_then(Epoch::from_bytes);
    assert_eq!(payload(0).as_deref(), Some(&b"B"[..]), "the first answer is not of the first slot");
    assert_eq!(number(1), Some(epoch), "the slot of an epoch does not hold its 16 bytes");
    assert_eq!(payload(2), None, "the third answer is not of the third slot");
    assert_eq!(payload(3).as_deref(), Some(&b"A"[..]), "the fourth answer is not of the fourth slot");
    assert_eq!((payload(4), number(5)), (Some(b"B".to_vec()), Some(epoch)), "a slot asked for twice is given once");
}

fn no_slots_give_no_answers(store: &Store) {
    assert!(store.get(&[]).is_empty());
    assert!(store.epochs(&[], hour()).is_empty());
    store.renew(&[]);
    store.extend(&[], hour());
}

fn a_handler_shows_the_form_that_it_says_it_keeps(store: &Store) {
    let key = Key::direct("a");
    store.set(&key, b"value", hour());
    let objects = matches!(store.look(&key, &[]).stored, Some(Stored::Object(_)));
    assert_eq!(objects, store.backend().form() == Form::Objects, "`form` says another form than entries come back in");
}

fn peek_shows_the_entry_of_its_key_or_nothing(store: &Store) {
    let (key, other) = (Key::direct("a"), Key::direct("b"));
    let peek = |key: &Key<'_>| {
        let mut shown = Vec::new();
        let did = store.backend().peek(key, &mut |entry| shown.push(Store::object(entry)));
        assert_eq!(shown.len(), usize::from(did), "`peek` shows one entry and says so, or none and says that");
        shown.pop()
    };
    assert_eq!(peek(&key), None, "`peek` shows an entry that is not there");
    store.set(&key, b"A", hour());
    store.set(&other, b"B", hour());
    let shown = peek(&key);
    assert!(shown.is_none() || store.backend().form() == Form::Objects, "only handlers of objects answer `peek`");
    assert!(shown.is_none_or(|payload| payload == b"A"), "`peek` shows another entry than its key's");
    if store.backend().peeks_freely() {
        let mut among = None;
        store.backend().peek(&key, &mut |_| {
            among = peek(&other);
            store.set(&other, b"C", hour());
        });
        assert!(among.is_none_or(|payload| payload == b"B"), "`peek` shows another entry while it shows one");
    }
    store.invalidate(&key, hour());
    assert_eq!(peek(&key), None, "`peek` shows an entry that was invalidated");
}

fn a_glance_shows_what_a_look_gives_or_cannot_look(store: &Store) {
    let (key, other) = (Key::direct("a"), Key::direct("b"));
    let names = [EpochName::tag("there"), EpochName::tag("gone")];
    let same = |what: &str| {
        let look = store.look(&key, &names);
        let mut shown = None;
        let looked = store.backend().glance(&key, &mut |bytes, now, epochs| {
            assert_eq!(now, store.now(), "a glance is of another time");
            assert!(shown.is_none(), "a glance shows more than one thing");
            shown = Some((bytes.to_vec(), names.each_ref().map(&mut *epochs)));
        });
        assert!(looked || shown.is_none(), "a glance shows something and says that it could not look");
        if looked {
            let stored = look.stored.as_ref().and_then(Stored::as_bytes).map(<[u8]>::to_vec);
            let looked_at = stored.map(|bytes| (bytes, [look.epochs[0], look.epochs[1]]));
            assert!(shown == looked_at, "a glance and a look at {what} do not give the same");
        }
    };
    store.epoch(&names[0]);
    store.set(&other, b"B", hour());
    same("an empty slot");
    store.set(&key, b"A", Life::of(Duration::from_secs(60)));
    same("an entry");
    store.renew(&names[..1]);
    same("an entry behind a new epoch");
    if store.advance(Duration::from_secs(61)) {
        same("an entry that is over");
    }
    store.set(&key, &[7; 300_000], hour());
    same("a large entry");
    store.invalidate(&key, hour());
    same("an entry that was invalidated");
}
