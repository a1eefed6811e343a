//! The store in memory, as larder sees it.

use std::fmt;
use std::hash::BuildHasher;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use cache_core::key::Key;
use cache_core::{Backend, Clock, Entry, Epoch, EpochName, Form, Life, Look, Pattern, Reply, Seen, Slot, Stored, When};
use foldhash::fast::RandomState;

use super::builder::RamBuilder;
use super::epochs::Epochs;
use super::stripe::{Removed, Stripe};

/// Below this many entries there is one stripe: dividing few entries would evict unevenly.
const ONE_STRIPE: usize = 1_024;
/// How many stripes there are above.
const STRIPES: usize = 16;

/// A handler that keeps results in this process's memory, as they are: no type needs serde.
///
/// | parameter | default |
/// |---|---|
/// | `prefix` | none |
/// | `threshold` | 500 entries |
/// | `default_expire` | 300 s |
///
/// ```
/// use cache_backends::Ram;
/// use cache_core::Cache;
///
/// let cache = Cache::builder().handler("ram", Ram::builder().threshold(10_000).default_expire(60)).build()?;
/// # Ok::<(), cache_core::Error>(())
/// ```
pub struct Ram {
    stripes: Box<[RwLock<Stripe>]>,
    epochs: Epochs,
    clock: Clock,
    hasher: RandomState,
    prefix: String,
}

impl Ram {
    /// Configures a handler in memory.
    pub fn builder() -> RamBuilder {
        RamBuilder::default()
    }

    pub(super) fn new(threshold: usize, prefix: String, clock: Clock) -> Self {
        let stripes = if threshold < ONE_STRIPE { 1 } else { STRIPES };
        // The bound is hard: what is left of the division goes to the first stripes, nothing is rounded up.
        let capacity = |stripe| threshold / stripes + usize::from(stripe < threshold % stripes);
        Self {
            stripes: (0..stripes).map(|stripe| RwLock::new(Stripe::new(capacity(stripe)))).collect(),
            epochs: Epochs::new(clock.clone()),
            clock,
            hasher: RandomState::default(),
            prefix,
        }
    }

    fn hash(&self, key: &Key<'_>) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        key.hash_into(&mut hasher);
        std::hash::Hasher::finish(&hasher)
    }

    fn lock(&self, hash: u64) -> &RwLock<Stripe> {
        // The table inside a stripe uses the low bits and the highest seven.
        let stripe = (hash >> 32) as usize % self.stripes.len();
        &self.stripes[stripe]
    }

    /// What is in the table is whole between any two statements, so a panic of another thread leaves nothing half done.
    fn read(&self, hash: u64) -> RwLockReadGuard<'_, Stripe> {
        self.lock(hash).read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, hash: u64) -> RwLockWriteGuard<'_, Stripe> {
        self.lock(hash).write().unwrap_or_else(PoisonError::into_inner)
    }

    fn read_slot(&self, slot: &Slot<'_>) -> Option<Stored> {
        match slot {
            Slot::Epoch(name) => {
                let epoch = self.epochs.with(|epoch| epoch(name))?;
                Some(Stored::Bytes(epoch.to_bytes().to_vec()))
            }
            Slot::Entry(key) => {
                let hash = self.hash(key);
                Some(Stored::Object(Arc::clone(self.read(hash).get(hash, key, self.clock.now())?)))
            }
        }
    }

    fn put_epoch(&self, name: &EpochName<'_>, stored: Option<&Stored>, life: Life, when: When<'_>) -> bool {
        let epoch = stored.and_then(Stored::as_bytes).and_then(Epoch::from_bytes);
        match when {
            When::Always => self.epochs.put(name, epoch, life, false),
            When::Absent => self.epochs.put(name, epoch, life, true),
            // Larder makes epochs by `epochs` and replaces them by `renew`; nothing else is decided about them.
            When::Unchanged { .. } => false,
        }
    }

    fn put_entry(&self, key: &Key<'_>, stored: Option<Stored>, life: Life, when: When<'_>) -> bool {
        // Bytes are a tombstone: removals are remembered here by themselves.
        let entry = match stored {
            None | Some(Stored::Bytes(_)) => None,
            Some(Stored::Object(entry)) => Some(entry),
        };
        let now = self.clock.now();
        let hash = self.hash(key);
        let mut stripe = self.write(hash);
        let allowed = match when {
            When::Always => true,
            When::Absent => stripe.get(hash, key, now).is_none(),
            When::Unchanged { seen, epoch } => {
                // Clearing by pattern renews its epoch first and then takes this lock: whichever comes second sees
                // what the other did.
                let current = |name| self.epochs.at(now, |epoch| epoch(name));
                let patterns = epoch.is_none_or(|(name, number)| current(name) == Some(number));
                patterns && seen.stamp_value().is_some_and(|since| stripe.is_unchanged(hash, key, since))
            }
        };
        if !allowed {
            return false;
        }
        let removed = match entry {
            Some(entry) => stripe.insert(hash, key, entry, life.ends(now)),
            // A result that is not stored, where nothing was: no commit has to notice it, and functions that give many
            // of those would fill the list of removals.
            None if matches!(when, When::Unchanged { .. }) && stripe.get(hash, key, now).is_none() => Removed::new(),
            None => stripe.remove(hash, key),
        };
        drop(stripe);
        drop(removed);
        true
    }

    fn remove_everywhere(&self, pattern: Option<&Pattern>) {
        for stripe in &self.stripes {
            let removed: Removed = stripe.write().unwrap_or_else(PoisonError::into_inner).remove_matching(pattern);
            drop(removed);
        }
    }
}

impl Backend for Ram {
    fn form(&self) -> Form {
        Form::Objects
    }

    fn get<'a>(&'a self, slots: &'a [Slot<'a>]) -> Reply<'a, Vec<Option<Stored>>> {
        Reply::ready(Ok(slots.iter().map(|slot| self.read_slot(slot)).collect()))
    }

    fn put<'a>(&'a self, slot: Slot<'a>, stored: Option<Stored>, life: Life, when: When<'a>) -> Reply<'a, bool> {
        let stored = stored.filter(|_| !life.is_none());
        Reply::ready(Ok(match slot {
            Slot::Entry(key) => self.put_entry(key, stored, life, when),
            Slot::Epoch(name) => self.put_epoch(name, stored.as_ref(), life, when),
        }))
    }

    fn remove_matching<'a>(&'a self, pattern: &'a Pattern) -> Reply<'a, ()> {
        self.remove_everywhere(Some(pattern));
        Reply::ready(Ok(()))
    }

    fn reclaim(&self) -> Reply<'_, ()> {
        self.remove_everywhere(None);
        Reply::ready(Ok(()))
    }

    fn peek(&self, key: &Key<'_>, visit: &mut dyn FnMut(&Entry)) -> bool {
        let hash = self.hash(key);
        let mut now = 0;
        let read_clock = || {
            now = self.clock.now();
            now
        };
        let Some(entry) = self.read(hash).get_at(hash, key, read_clock).cloned() else {
            return false;
        };
        let current = self.epochs.at(now, |epoch| entry.validity.is_current(key, epoch));
        if current {
            visit(&entry);
        }
        current
    }

    fn look<'a>(&'a self, key: &'a Key<'a>, watch: &'a [EpochName<'a>]) -> Reply<'a, Look> {
        let hash = self.hash(key);
        let now = self.clock.now();
        let stripe = self.read(hash);
        let stored = stripe.get(hash, key, now).map(|entry| Stored::Object(Arc::clone(entry)));
        let seen = Seen::stamp(stripe.writes());
        drop(stripe);
        let epochs = self.epochs.at(now, |epoch| watch.iter().map(epoch).collect());
        Reply::ready(Ok(Look { stored, seen, epochs }))
    }

    fn holds<'a>(&'a self, key: &'a Key<'a>, seen: &'a Seen) -> Reply<'a, bool> {
        let hash = self.hash(key);
        let since = seen.stamp_value();
        Reply::ready(Ok(since.is_some_and(|since| self.read(hash).is_unchanged(hash, key, since))))
    }

    fn current<'a>(&'a self, names: &'a [EpochName<'a>]) -> Reply<'a, Vec<Option<Epoch>>> {
        Reply::ready(Ok(self.epochs.with(|epoch| names.iter().map(epoch).collect())))
    }

    fn epochs<'a>(&'a self, names: &'a [EpochName<'a>], life: Life) -> Reply<'a, Vec<Epoch>> {
        Reply::ready(Ok(self.epochs.get_or_make(names, life)))
    }

    fn extend<'a>(&'a self, names: &'a [EpochName<'a>], life: Life) -> Reply<'a, ()> {
        self.epochs.extend(names, life);
        Reply::ready(Ok(()))
    }

    fn renew<'a>(&'a self, names: &'a [EpochName<'a>]) -> Reply<'a, ()> {
        self.epochs.renew(names);
        Reply::ready(Ok(()))
    }

    fn invalidate<'a>(&'a self, key: &'a Key<'a>, _tombstone: Stored, _life: Life) -> Reply<'a, ()> {
        let hash = self.hash(key);
        let mut stripe = self.write(hash);
        let removed = stripe.remove(hash, key);
        drop(stripe);
        drop(removed);
        Reply::ready(Ok(()))
    }
}

impl fmt::Debug for Ram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries: usize =
            self.stripes.iter().map(|stripe| stripe.read().unwrap_or_else(PoisonError::into_inner).len()).sum();
        f.debug_struct("Ram").field("prefix", &self.prefix).field("entries", &entries).finish_non_exhaustive()
    }
}
