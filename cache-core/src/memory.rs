//! [`Memory`]: the plainest backend there is, with no bound and no cleverness. Test labs use it under every name, and
//! it shows what a [`Backend`] has to do.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use crate::backend::{Backend, Reply, Slot, When};
use crate::clock::Clock;
use crate::entry::{Entry, Form, Stored};
use crate::epoch::{Epoch, EpochName};
use crate::error::BackendError;
use crate::key::{Key, OwnedKey};
use crate::pattern::Pattern;
use crate::sync::lock_std;
use crate::ttl::Life;

/// Objects in a map, without a bound.
#[derive(Clone, Default)]
pub struct Memory {
    table: Arc<Mutex<HashMap<Name, Held>>>,
    clock: Clock,
    failing: Arc<AtomicBool>,
}

#[derive(Debug, PartialEq, Eq, Hash)]
enum Name {
    Entry(OwnedKey),
    Epoch(String),
}

impl Name {
    fn of(slot: Slot<'_>) -> Self {
        match slot {
            Slot::Entry(key) => Self::Entry(key.to_owned()),
            Slot::Epoch(name) => Self::Epoch(name.text().to_owned()),
        }
    }
}

#[derive(Debug)]
struct Held {
    stored: Stored,
    subject: Option<String>,
    ends: u64,
}

impl Memory {
    /// An empty store that goes by `clock`.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, ..Self::default() }
    }

    /// Makes every operation fail from now on, or work again.
    pub fn set_failing(&self, failing: bool) {
        self.failing.store(failing, Ordering::SeqCst);
    }

    /// What `operation` makes of the table. What it takes out of it is dropped behind the lock: a `Drop` of the user's
    /// may call a cached function.
    fn with<T>(&self, operation: impl FnOnce(&mut HashMap<Name, Held>) -> (T, Vec<Held>)) -> Reply<'static, T> {
        if self.failing.load(Ordering::SeqCst) {
            return Reply::ready(Err(BackendError::new("this handler was told to fail")));
        }
        let (answer, removed) = operation(&mut lock_std(&self.table));
        drop(removed);
        Reply::ready(Ok(answer))
    }

    fn held<'t>(&self, table: &'t HashMap<Name, Held>, name: &Name) -> Option<&'t Stored> {
        table.get(name).filter(|held| self.clock.now() < held.ends).map(|held| &held.stored)
    }

    fn epoch(&self, table: &HashMap<Name, Held>, name: &EpochName<'_>) -> Option<Epoch> {
        self.held(table, &Name::of(Slot::Epoch(name)))?.epoch()
    }

    fn allows(&self, table: &HashMap<Name, Held>, name: &Name, when: When<'_>) -> bool {
        let held = self.held(table, name);
        match when {
            When::Always => true,
            When::Absent => held.is_none(),
            When::Unchanged { seen, epoch } => {
                seen.holds(held) && epoch.is_none_or(|(name, number)| self.epoch(table, name) == Some(number))
            }
        }
    }
}

impl Backend for Memory {
    fn form(&self) -> Form {
        Form::Objects
    }

    fn get<'a>(&'a self, slots: &'a [Slot<'a>]) -> Reply<'a, Vec<Option<Stored>>> {
        self.with(|table| (slots.iter().map(|slot| self.held(table, &Name::of(*slot)).cloned()).collect(), Vec::new()))
    }

    fn put<'a>(&'a self, slot: Slot<'a>, stored: Option<Stored>, life: Life, when: When<'a>) -> Reply<'a, bool> {
        let mut stored = stored;
        self.with(|table| {
            let name = Name::of(slot);
            if !self.allows(table, &name, when) {
                return (false, Vec::new());
            }
            let subject = match slot {
                Slot::Entry(key) => key.subject(),
                Slot::Epoch(_) => None,
            };
            let replaced = match stored.take() {
                Some(stored) => table.insert(name, Held { stored, subject, ends: life.ends(self.clock.now()) }),
                None => table.remove(&name),
            };
            (true, replaced.into_iter().collect())
        })
    }

    fn remove_matching<'a>(&'a self, pattern: &'a Pattern) -> Reply<'a, ()> {
        self.with(|table| {
            let matches = |held: &mut Held| held.subject.as_ref().is_some_and(|subject| pattern.matches(subject));
            ((), table.extract_if(|_, held| matches(held)).map(|(_, held)| held).collect())
        })
    }

    fn reclaim(&self) -> Reply<'_, ()> {
        self.with(|table| {
            ((), table.extract_if(|name, _| matches!(name, Name::Entry(_))).map(|(_, held)| held).collect())
        })
    }

    fn peek(&self, key: &Key<'_>, visit: &mut dyn FnMut(&Entry)) -> bool {
        if self.failing.load(Ordering::SeqCst) {
            return false;
        }
        let table = lock_std(&self.table);
        let found = match self.held(&table, &Name::Entry(key.to_owned())) {
            Some(Stored::Object(entry)) => Arc::clone(entry),
            _ => return false,
        };
        let current = found.validity.is_current(key, |name| self.epoch(&table, name));
        drop(table);
        if current {
            visit(&found);
        }
        current
    }

    fn peeks_freely(&self) -> bool {
        true
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").field("slots", &lock_std(&self.table).len()).finish_non_exhaustive()
    }
}
