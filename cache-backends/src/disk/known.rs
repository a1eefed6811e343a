//! Epochs as this process last read them. They are what they were for as long as nothing was committed since, by whichever
//! process: LMDB numbers its transactions, and a reader knows the number that it reads.
//!
//! Each thread has a few of them at hand: a hit asks for two, and waits for no lock of theirs.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use cache_core::{Epoch, EpochName};
use heed::RoTxn;

use super::open::Open;

/// Which state of a store was read: the number of its generation, and of the last transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct State {
    generation: u64,
    transaction: usize,
}

impl State {
    pub(super) fn of(open: &Open, txn: &RoTxn<'_>) -> Self {
        Self { generation: open.chosen.number, transaction: txn.id() }
    }

    /// That of the transaction of this number.
    pub(super) const fn numbered(open: &Open, number: u64) -> Self {
        Self { generation: open.chosen.number, transaction: number as usize }
    }
}

#[derive(Clone)]
struct Seen {
    name: EpochName<'static>,
    epoch: Epoch,
    ends: u64,
    state: State,
}

impl Seen {
    #[inline]
    fn epoch(&self, name: &str, state: State, now: u64) -> Option<Epoch> {
        (self.state == state && now < self.ends && is_same(self.name.text(), name)).then_some(self.epoch)
    }
}

/// Mostly it is one text in one place, which a name is cloned with.
#[inline]
fn is_same(a: &str, b: &str) -> bool {
    std::ptr::eq(a, b) || *a == *b
}

/// Those of the handler and of functions; there may be any number of tags.
pub(super) struct Known {
    /// Tells it from all others of this process.
    id: u64,
    all: RwLock<HashMap<Arc<str>, Seen>>,
}

impl Default for Known {
    fn default() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self { id: NEXT.fetch_add(1, Ordering::Relaxed), all: RwLock::default() }
    }
}

impl Known {
    /// The epoch of `name` in this state, if it was read and is not over at `now`.
    pub(super) fn get(&self, name: &EpochName<'_>, state: State, now: u64) -> Option<Epoch> {
        let text = name.text();
        // Where the thread ends already it has nothing at hand.
        let at_hand = HAND.try_with(|hand| hand.borrow().get(self.id, text, state, now));
        at_hand.ok().flatten().or_else(|| self.get_of_all(name, state, now))
    }

    #[cold]
    fn get_of_all(&self, name: &EpochName<'_>, state: State, now: u64) -> Option<Epoch> {
        let all = self.all.read().unwrap_or_else(PoisonError::into_inner);
        let seen = all.get(name.text())?;
        let epoch = seen.epoch(name.text(), state, now)?;
        let seen = Seen { name: name.clone().into_owned(), ..*seen };
        let _ = HAND.try_with(|hand| hand.borrow_mut().take_up(self.id, name.text(), seen));
        Some(epoch)
    }

    /// It was read.
    pub(super) fn learn(&self, name: &EpochName<'_>, epoch: Epoch, ends: u64, state: State) {
        if name.as_tag().is_none() {
            let text = name.text().into();
            let mut all = self.all.write().unwrap_or_else(PoisonError::into_inner);
            all.insert(text, Seen { name: name.clone().into_owned(), epoch, ends, state });
        }
    }
}

/// How many a thread has at hand, a power of two.
const AT_HAND: usize = 16;

thread_local! {
    static HAND: RefCell<Hand> = const { RefCell::new(Hand([const { None }; AT_HAND])) };
}

/// Some of what is known, each with the number of what it is known to.
struct Hand([Option<(u64, Seen)>; AT_HAND]);

impl Hand {
    /// The two places where the epoch of a name may be: two that are asked for by turns never push each other out. Names
    /// seldom move in memory.
    fn places(id: u64, name: &str) -> [usize; 2] {
        let place = (name.as_ptr().addr() >> 4 ^ id as usize) & (AT_HAND - 1);
        [place, place ^ 1]
    }

    fn get(&self, id: u64, name: &str, state: State, now: u64) -> Option<Epoch> {
        let at = |place: usize| match &self.0[place] {
            Some((of, seen)) if *of == id => seen.epoch(name, state, now),
            _ => None,
        };
        let [first, second] = Self::places(id, name);
        at(first).or_else(|| at(second))
    }

    fn take_up(&mut self, id: u64, name: &str, seen: Seen) {
        let [first, second] = Self::places(id, name);
        // One of an older state gives way to its successor.
        let of = self.0[first].take().filter(|(of, old)| *of != id || old.name.text() != name);
        self.0[first] = Some((id, seen));
        if of.is_some() {
            self.0[second] = of;
        }
    }
}
