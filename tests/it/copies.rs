//! What is the user's own code in a hit: the copy of a value, which may do whatever it likes.

use std::panic::catch_unwind;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use cache_core::Memory;
use larder::backend::{Backend, Entry, Form, Pattern, Reply, Slot, Stored, When};
use larder::key::Key;
use larder::{Cache, Life, Opened, cached};
use serde::{Deserialize, Serialize};

use crate::support::{KINDS, Runs, rig};

static RUNS: Runs = Runs::new();

/// What copies do: nothing, ask, change what is stored, or panic.
static DO: AtomicU32 = AtomicU32::new(0);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Copies(u32);

impl Clone for Copies {
    fn clone(&self) -> Self {
        match DO.load(Ordering::SeqCst) {
            1 => assert_eq!((text_of(self.0), plain(self.0)), (self.0.to_string(), self.0)),
            2 => {
                // Itself too, which it is being copied from.
                DO.store(0, Ordering::SeqCst);
                value::clear().unwrap();
                assert_eq!(text_of::refresh(self.0), self.0.to_string());
                assert_eq!(value(self.0), Self(self.0));
                DO.store(2, Ordering::SeqCst);
            }
            3 => panic!("a copy that panics"),
            _ => {}
        }
        Self(self.0)
    }
}

#[cached(handler = "it")]
fn value(number: u32) -> Copies {
    RUNS.add();
    Copies(number)
}

#[cached(handler = "it")]
fn text_of(number: u32) -> String {
    number.to_string()
}

#[cached(handler = "it", companions = false)]
fn plain(number: u32) -> u32 {
    number
}

/// Whatever copies do.
fn calls_give_their_values(kind: &str) {
    for what in [0, 1, 1, 2, 2, 1, 0] {
        DO.store(what, Ordering::SeqCst);
        for _ in 0..3 {
            assert_eq!([value(1).0, value(2).0], [1, 2], "{kind}, {what}");
        }
    }
}

#[test]
fn a_copy_can_ask_the_cache_and_change_what_is_stored() {
    for kind in KINDS {
        let rig = rig(kind);
        let _lab = larder::test::lab_with(rig.cache.clone());
        calls_give_their_values(kind);
    }
}

/// A store of one's own, which is locked while it shows an entry.
#[derive(Default)]
struct Locked(Memory, Mutex<()>);

impl Backend for Locked {
    fn form(&self) -> Form {
        self.0.form()
    }
    fn get<'a>(&'a self, slots: &'a [Slot<'a>]) -> Reply<'a, Vec<Option<Stored>>> {
        let _locked = self.1.lock().unwrap();
        self.0.get(slots)
    }
    fn put<'a>(&'a self, slot: Slot<'a>, stored: Option<Stored>, life: Life, when: When<'a>) -> Reply<'a, bool> {
        let _locked = self.1.lock().unwrap();
        self.0.put(slot, stored, life, when)
    }
    fn remove_matching<'a>(&'a self, pattern: &'a Pattern) -> Reply<'a, ()> {
        self.0.remove_matching(pattern)
    }
    fn reclaim(&self) -> Reply<'_, ()> {
        self.0.reclaim()
    }
    fn peek(&self, key: &Key<'_>, visit: &mut dyn FnMut(&Entry)) -> bool {
        let _locked = self.1.lock().unwrap();
        self.0.peek(key, visit)
    }
}

#[test]
fn a_copy_can_ask_a_store_that_is_locked_while_it_shows_an_entry() {
    let cache = Cache::builder().handler("it", Opened::new(Locked::default())).build().unwrap();
    let _lab = larder::test::lab_with(cache);
    calls_give_their_values("locked");
}

#[test]
fn a_copy_that_panics_is_its_callers_trouble_and_nobody_elses() {
    for kind in KINDS {
        let rig = rig(kind);
        let _lab = larder::test::lab_with(rig.cache.clone());
        DO.store(0, Ordering::SeqCst);
        (0..3).for_each(|_| assert_eq!((value(1), value(2)), (Copies(1), Copies(2)), "{kind}"));
        RUNS.take();
        DO.store(3, Ordering::SeqCst);
        for _ in 0..3 {
            // Where values are bytes, a hit may come without a copy.
            let _ = catch_unwind(|| value(1));
        }
        DO.store(0, Ordering::SeqCst);
        for _ in 0..3 {
            assert_eq!((value(1), value(2)), (Copies(1), Copies(2)), "{kind}");
        }
        assert_eq!(RUNS.take(), 0, "{kind}");
        value::clear().unwrap();
        assert_eq!((value(1), RUNS.take()), (Copies(1), 1), "{kind}");
    }
}
