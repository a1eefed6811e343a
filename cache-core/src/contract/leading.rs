//! Who runs a key, among all processes: what can be seen of it in one. A store may let everyone run.

use std::time::Duration;

use super::store::{Store, hour};
use crate::key::Key;
use crate::{Clock, Lead};

super::named! {
    who_asks_to_lead_is_answered,
    nobody_waits_for_a_right_of_their_own_process,
    a_right_is_one_callers,
    rights_of_two_keys_do_not_meet,
    a_right_that_was_given_back_can_be_had_again,
    a_right_keeps_nobody_from_writing,
}

/// Longer than anyone should take who has nothing to wait for.
const SOON: Duration = Duration::from_secs(5);

fn is_granted(lead: &Lead) -> bool {
    matches!(lead, Lead::Granted(_) | Lead::Unchanged(_))
}

fn who_asks_to_lead_is_answered(store: &Store) {
    let key = Key::direct("a");
    assert!(!matches!(store.lead(&key), Lead::Changed), "nothing changed since the look, and nobody else runs");
}

fn nobody_waits_for_a_right_of_their_own_process(store: &Store) {
    let key = Key::direct("a");
    let _first = store.lead(&key);
    let clock = Clock::system();
    let before = clock.now();
    let second = store.lead(&key);
    let took = Duration::from_millis(clock.now() - before);
    assert!(took < SOON, "a process waited {took:?} for a right that it has itself");
    assert!(!matches!(second, Lead::Changed), "a process is told to wait for a right that it has itself");
}

fn a_right_is_one_callers(store: &Store) {
    let key = Key::direct("a");
    let (first, second) = (store.lead(&key), store.lead(&key));
    assert!(!(is_granted(&first) && is_granted(&second)), "one right was granted twice");
}

fn rights_of_two_keys_do_not_meet(store: &Store) {
    let (one, other) = (Key::direct("a"), Key::direct("b"));
    let first = store.lead(&one);
    assert_eq!(is_granted(&store.lead(&other)), is_granted(&first), "the right to one key keeps from another");
}

fn a_right_that_was_given_back_can_be_had_again(store: &Store) {
    let key = Key::direct("a");
    let first = is_granted(&store.lead(&key));
    for _ in 0..3 {
        // Whoever waited may be told to look and to ask again.
        let asked = (0..10).map(|_| store.lead(&key)).find(|lead| !matches!(lead, Lead::Changed));
        assert_eq!(asked.is_some_and(|lead| is_granted(&lead)), first, "a right that was dropped was not given back");
    }
}

fn a_right_keeps_nobody_from_writing(store: &Store) {
    let key = Key::direct("a");
    let seen = store.seen(&key);
    let _right = store.lead(&key);
    assert!(store.commit(&key, b"of another", &seen), "a right kept a commit from happening");
    store.invalidate(&key, hour());
    assert_eq!(store.read(&key), None, "a right kept an invalidation from happening");
}
