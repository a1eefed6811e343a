//! Invalidations that did not reach their store: they are repeated before that store is read again.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::handler::Handler;
use crate::backend::Pattern;
use crate::epoch::EpochName;
use crate::error::BackendError;
use crate::key::{Instance, Key, Space};

/// How many are remembered one by one. Past it, the epoch of the key's function (or, for directly set keys, of the
/// handler) is renewed in their place: that makes more misses, and loses none.
const BOUND: usize = 1_024;

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
}

impl OwedKey {
    pub(crate) fn of(key: &Key<'_>) -> Self {
        Self { space: key.space.clone(), instance: key.instance, arguments: key.arguments.into() }
    }

    pub(crate) fn key(&self) -> Key<'_> {
        Key { space: &self.space, instance: self.instance, arguments: &self.arguments }
    }
}

/// What is owed to one store.
#[derive(Debug, Default)]
pub(crate) struct Owed {
    any: AtomicBool,
    list: Mutex<List>,
}

#[derive(Debug, Default)]
struct List {
    ordered: Vec<Invalidation>,
    epochs: HashSet<EpochName<'static>>,
    /// Somebody is repeating what was taken from here.
    busy: bool,
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
        match invalidation {
            Invalidation::Epochs(names) => list.epochs.extend(names),
            Invalidation::Key(key) if list.ordered.len() >= BOUND => {
                list.epochs.insert(key.space.epoch().cloned().unwrap_or(EpochName::HANDLER));
            }
            Invalidation::Matching(_) if list.ordered.len() >= BOUND => {
                list.epochs.insert(EpochName::HANDLER);
            }
            other => list.ordered.push(other),
        }
        self.any.store(true, Ordering::SeqCst);
    }

    /// Repeats all that is owed. While any of it cannot be done, it stays owed and the store must not be read.
    pub(crate) async fn settle(&self, handler: &Handler) -> Result<(), BackendError> {
        if !self.any() {
            return Ok(());
        }
        let (ordered, epochs) = {
            let mut list = self.lock();
            if list.busy {
                return Err(BackendError::new("an earlier invalidation is still being repeated"));
            }
            list.busy = true;
            (std::mem::take(&mut list.ordered), std::mem::take(&mut list.epochs))
        };
        let mut guard = GiveBack { owed: self, ordered, epochs };
        if !guard.epochs.is_empty() {
            let names = guard.epochs.iter().cloned().collect();
            handler.perform(&Invalidation::Epochs(names)).await?;
            guard.epochs.clear();
        }
        while let Some(invalidation) = guard.ordered.last() {
            handler.perform(invalidation).await?;
            guard.ordered.pop();
        }
        Ok(())
    }
}

/// Whatever was not done when it is dropped, by a failure or because its caller went away, is owed again.
struct GiveBack<'a> {
    owed: &'a Owed,
    ordered: Vec<Invalidation>,
    epochs: HashSet<EpochName<'static>>,
}

impl Drop for GiveBack<'_> {
    fn drop(&mut self) {
        let mut list = self.owed.lock();
        list.ordered.append(&mut self.ordered);
        list.epochs.extend(self.epochs.drain());
        list.busy = false;
        self.owed.any.store(!list.ordered.is_empty() || !list.epochs.is_empty(), Ordering::SeqCst);
    }
}
