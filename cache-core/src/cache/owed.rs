//! Invalidations that did not reach their store: they are repeated before that store is read again.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::handler::Handler;
use crate::epoch::EpochName;
use crate::error::BackendError;
use crate::key::{Instance, Key, Space};
use crate::pattern::Pattern;

/// How many are remembered one by one. Past it, the epoch of the key's function (or, for directly set keys, of the
/// handler) is renewed in their place: that makes more misses, and loses none.
const BOUND: usize = 1_024;

/// How often a clear by pattern is begun anew. It goes through all of a store, which may take longer than any caller waits;
/// then the epoch of the handler is renewed in its place, which is done at once.
const SWEEPS: usize = 2;

/// One thing that has become invalid.
#[derive(Clone, Debug)]
pub(crate) enum Invalidation {
    /// The entry of a key.
    Key(OwedKey),
    /// Everything that records one of these epochs.
    Epochs(Vec<EpochName<'static>>),
    /// Everything of this handler, and its room is given back.
    Everything,
    /// The entries whose subject matches.
    Matching(Pattern),
}

/// A key with nothing borrowed.
#[derive(Clone, Debug)]
pub(crate) struct OwedKey {
    space: Space,
    instance: Option<Instance>,
    arguments: Box<[u8]>,
    mark: Option<u64>,
}

impl OwedKey {
    pub(crate) fn of(key: &Key<'_>) -> Self {
        Self { space: key.space.clone(), instance: key.instance, arguments: key.arguments.into(), mark: key.mark }
    }

    pub(crate) fn key(&self) -> Key<'_> {
        Key { instance: self.instance, mark: self.mark, ..Key::new(&self.space, &self.arguments) }
    }
}

/// For how long one caller may be at repeating what is owed before another one does it too, in milliseconds: a future
/// that is kept and never polled again must not hold up the others.
const PATIENCE: u64 = 5_000;

/// What is owed to one store.
#[derive(Debug, Default)]
pub(crate) struct Owed {
    any: AtomicBool,
    list: Mutex<List>,
}

/// Each with a number, so that what was added while the others were repeated stays.
#[derive(Debug, Default)]
struct List {
    ordered: Vec<Item>,
    epochs: HashMap<EpochName<'static>, u64>,
    next: u64,
    /// Since when somebody is repeating them.
    busy: Option<u64>,
}

#[derive(Debug)]
struct Item {
    number: u64,
    invalidation: Invalidation,
    /// How often it went through the store, and was not at its end.
    sweeps: usize,
}

/// How repeating what is owed went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    /// Nothing is owed.
    Clear,
    /// Somebody else is at it: the store must not be read yet.
    Busy,
}

impl Owed {
    fn lock(&self) -> MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether anything is.
    pub(crate) fn any(&self) -> bool {
        self.any.load(Ordering::SeqCst)
    }

    /// Remembers one.
    pub(crate) fn add(&self, invalidation: Invalidation) {
        let mut list = self.lock();
        list.next += 1;
        let number = list.next;
        match invalidation {
            Invalidation::Epochs(names) => list.epochs.extend(names.into_iter().map(|name| (name, number))),
            Invalidation::Key(key) if list.ordered.len() >= BOUND => {
                list.epochs.insert(key.space.epoch().cloned().unwrap_or(EpochName::HANDLER), number);
            }
            Invalidation::Matching(_) if list.ordered.len() >= BOUND => {
                list.epochs.insert(EpochName::HANDLER, number);
            }
            other => list.ordered.push(Item { number, invalidation: other, sweeps: 0 }),
        }
        self.any.store(true, Ordering::SeqCst);
    }

    /// Repeats all that is owed. While any of it cannot be done, it stays owed and the store must not be read.
    pub(crate) async fn settle(&self, handler: &Handler) -> Result<Settled, BackendError> {
        if !self.any() {
            return Ok(Settled::Clear);
        }
        let now = handler.clock.now();
        let (owed, upto) = {
            let mut list = self.lock();
            if list.busy.is_some_and(|since| now < since.saturating_add(PATIENCE)) {
                return Ok(Settled::Busy);
            }
            list.busy = Some(now);
            list.shorten();
            let epochs = Invalidation::Epochs(list.epochs.keys().cloned().collect());
            let ordered = list.ordered.iter().map(|item| (item.number, item.invalidation.clone()));
            (std::iter::once((0, epochs)).chain(ordered).collect::<Vec<_>>(), list.next)
        };
        let _busy = Busy(self);
        for (number, invalidation) in &owed {
            if let Invalidation::Matching(pattern) = invalidation {
                handler.renew_patterns().await?;
                self.lock().begun(*number);
                handler.sweep(pattern).await?;
            } else {
                handler.perform(invalidation).await?;
            }
        }
        let mut list = self.lock();
        list.ordered.retain(|item| item.number > upto);
        list.epochs.retain(|_, number| *number > upto);
        let clear = list.ordered.is_empty() && list.epochs.is_empty();
        self.any.store(!clear, Ordering::SeqCst);
        Ok(if clear { Settled::Clear } else { Settled::Busy })
    }
}

impl List {
    /// Puts the epoch of the handler in the place of clears by pattern that never came to their end.
    fn shorten(&mut self) {
        let Self { ordered, epochs, .. } = self;
        ordered.retain(|item| {
            let is_hopeless = item.sweeps >= SWEEPS;
            if is_hopeless {
                epochs.insert(EpochName::HANDLER, item.number);
            }
            !is_hopeless
        });
    }

    fn begun(&mut self, number: u64) {
        if let Some(item) = self.ordered.iter_mut().find(|item| item.number == number) {
            item.sweeps += 1;
        }
    }
}

/// While it lives, somebody is repeating what is owed.
struct Busy<'a>(&'a Owed);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.lock().busy = None;
    }
}
