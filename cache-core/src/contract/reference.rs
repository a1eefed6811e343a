//! [`Reference`]: the plainest backend that keeps every promise, as a model for your own and for tests.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::key::Key;
use crate::{Backend, BackendError, Clock, Epoch, EpochName, Life, Pattern, Reply, Slot, Stored, When};

/// A table under one lock, with nothing but the four operations that a [`Backend`] has to have.
///
/// It keeps entries until their life ends and evicts none, so it is for tests only.
#[derive(Debug, Default)]
pub struct Reference {
    clock: Clock,
    slots: Mutex<HashMap<String, (Stored, u64)>>,
}

impl Reference {
    /// An empty table on the machine's clock.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty table whose time is `clock`'s.
    #[must_use]
    pub fn on(clock: Clock) -> Self {
        Self { clock, slots: Mutex::default() }
    }

    fn table(&self) -> Table<'_> {
        Table { now: self.clock.wall(), slots: self.slots.lock().unwrap_or_else(PoisonError::into_inner) }
    }
}

/// The table while its lock is held, at one moment.
struct Table<'a> {
    now: u64,
    slots: MutexGuard<'a, HashMap<String, (Stored, u64)>>,
}

impl Table<'_> {
    fn holds(&self, slot: Slot<'_>) -> Option<&Stored> {
        let (stored, ends) = self.slots.get(&*slot.text())?;
        (self.now < *ends).then_some(stored)
    }

    fn has_epoch(&self, name: &EpochName<'_>, number: Epoch) -> bool {
        self.holds(Slot::Epoch(name)).and_then(Stored::as_bytes) == Some(&number.to_bytes()[..])
    }

    fn allows(&self, slot: Slot<'_>, when: When<'_>) -> bool {
        match when {
            When::Always => true,
            When::Absent => self.holds(slot).is_none(),
            When::Unchanged { seen, epoch } => {
                seen.holds(self.holds(slot)) && epoch.is_none_or(|(name, number)| self.has_epoch(name, number))
            }
        }
    }
}

impl Backend for Reference {
    fn get<'a>(&'a self, slots: &'a [Slot<'a>]) -> Reply<'a, Vec<Option<Stored>>> {
        let table = self.table();
        Reply::ready(Ok(slots.iter().map(|slot| table.holds(*slot).cloned()).collect()))
    }

    fn put<'a>(&'a self, slot: Slot<'a>, stored: Option<Stored>, life: Life, when: When<'a>) -> Reply<'a, bool> {
        if matches!(stored, Some(Stored::Object(_))) {
            return Reply::ready(Err(BackendError::new("this backend keeps bytes, and was given an object")));
        }
        let mut table = self.table();
        if !table.allows(slot, when) {
            return Reply::ready(Ok(false));
        }
        let ends = life.ends(table.now);
        match stored {
            Some(stored) => table.slots.insert(slot.text().into_owned(), (stored, ends)),
            None => table.slots.remove(&*slot.text()),
        };
        Reply::ready(Ok(true))
    }

    fn remove_matching<'a>(&'a self, pattern: &'a Pattern) -> Reply<'a, ()> {
        let matches = |text: &str| Key::subject_of(text).is_some_and(|subject| pattern.matches(subject));
        self.table().slots.retain(|text, _| !matches(text));
        Reply::ready(Ok(()))
    }

    fn reclaim(&self) -> Reply<'_, ()> {
        self.table().slots.retain(|text, _| text.starts_with("e:"));
        Reply::ready(Ok(()))
    }
}
