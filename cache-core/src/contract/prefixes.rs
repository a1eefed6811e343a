//! Two handlers with two prefixes on one store never meet.

use super::store::{Store, hour};
use crate::key::Key;
use crate::{Clock, Env, EpochName, Opened};

/// Checks that handlers with different prefixes on one store do not meet. `make` is given the two prefixes and opens
/// two handlers on one store that is empty. A store that is shared by tests may put the same text of its own before
/// both.
///
/// # Panics
/// When they do, with what reached across.
pub fn check_prefixes(make: &dyn Fn(&Env, [&str; 2]) -> [Opened; 2]) {
    // One begins like the other, or is a pattern that matches it.
    let pairs = [["one:", "two:"], ["a", "ab"], ["ab", "a"], ["a*", "ab"], ["a?", "ab"], ["[ab]", "a"], ["é", "e"]];
    super::run(pairs.into_iter().map(|pair| {
        let run: Box<dyn FnOnce()> = Box::new(move || {
            let env = Env { clock: Clock::standing() };
            let handlers = make(&env, pair);
            let [one, other] = handlers.each_ref().map(|opened| Store::new(opened, env.clock.clone()));
            never_meet(&one, &other);
        });
        (format!("prefixes {pair:?}"), run)
    }));
}

fn never_meet(one: &Store, other: &Store) {
    let texts = ["a", "b", "", "k:a", "bk:a", "two:"];
    let names = [EpochName::HANDLER, EpochName::PATTERNS, EpochName::tag("t")];
    let mine = one.epochs(&names, hour());
    let theirs = other.epochs(&names, hour());
    assert!(mine.iter().all(|epoch| !theirs.contains(epoch)), "an epoch of one prefix is that of the other too");
    for text in texts {
        one.set(&Key::direct(text), b"one", hour());
        assert!(other.read(&Key::direct(text)).is_none(), "{text:?} of one prefix is seen under the other");
    }
    for text in texts {
        other.set(&Key::direct(text), b"other", hour());
    }
    let spared = |action: &str| {
        for text in texts {
            let found = other.read(&Key::direct(text));
            assert_eq!(found.as_deref(), Some(&b"other"[..]), "{action} of one prefix reached {text:?} of the other");
        }
        assert_eq!(other.epochs(&names, hour()), theirs, "{action} of one prefix reached the epochs of the other");
    };
    spared("writing");
    one.invalidate(&Key::direct("a"), hour());
    spared("invalidating");
    one.remove_matching("*");
    assert!(texts.iter().all(|text| one.read(&Key::direct(text)).is_none()), "`*` left something under its prefix");
    spared("removing by a pattern");
    one.set(&Key::direct("a"), b"one", hour());
    one.renew(&names);
    spared("renewing");
    one.reclaim();
    spared("giving back the room");
}
