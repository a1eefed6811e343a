//! The store in memory, as larder sees it.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use cache_core::key::Key;
use cache_core::{Backend, Clock, Entry, Epoch, EpochName, Form, Life, Look, Pattern, Reply, Seen, Slot, Stored, When};

use super::builder::RamBuilder;
use super::moment::MOMENT;
#[cfg(feature = "redis")]
use super::reader::Pin;
use super::store::Store;

/// A handler that keeps results in this process's memory, as they are: no type needs serde.
///
/// | parameter | default |
/// |---|---|
/// | `prefix` | none |
/// | `threshold` | 500 entries |
/// | `max_bytes` | no limit |
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
    pub(super) store: Arc<Store>,
    prefix: String,
}

impl Ram {
    /// Configures a handler in memory.
    pub fn builder() -> RamBuilder {
        RamBuilder::default()
    }

    pub(super) fn new(threshold: usize, max_bytes: Option<u64>, prefix: String, clock: Clock) -> Self {
        Self { store: Store::new(threshold, max_bytes, clock), prefix }
    }

    /// [`Ram::entry`], and what a write is to compare the slot with.
    #[cfg(feature = "redis")]
    pub(crate) fn entry_and_seen(&self, key: &Key<'_>) -> (Option<Arc<Entry>>, Seen) {
        let place = self.store.place(key);
        // In this order: what is written in between is newer than what the write will compare with.
        let seen = self.store.seen(&place);
        (self.store.entry(&place, self.store.clock.now()), seen)
    }

    /// Lets the caller look inside.
    #[cfg(feature = "redis")]
    pub(crate) fn inside(&self) -> Inside<'_> {
        Inside { store: &self.store, pin: Pin::anywhere() }
    }
}

/// While it lives, nothing is freed that can be found in memory. So it is to be short: a hit copies its value, by code of the
/// user's, and that is all.
#[cfg(feature = "redis")]
pub(crate) struct Inside<'a> {
    store: &'a Store,
    pin: Pin,
}

#[cfg(feature = "redis")]
impl Inside<'_> {
    /// A time that is not behind the system's clock, and some milliseconds ahead of it at most, without asking it where that
    /// can be had.
    pub(crate) fn time_ahead(&self) -> u64 {
        self.pin.time_ahead().unwrap_or_else(|| {
            self.pin.learn_time();
            Clock::system().now()
        })
    }

    /// The entry that was put under `key`, if it is not over at `now`. (What depends on nothing but its function is kept in
    /// another form, and not found like this.)
    pub(crate) fn entry(&self, key: &Key<'_>, now: u64) -> Option<&Entry> {
        self.store.entry_within(&self.pin, key, now)
    }
}

impl Backend for Ram {
    fn form(&self) -> Form {
        Form::Objects
    }

    fn get<'a>(&'a self, slots: &'a [Slot<'a>]) -> Reply<'a, Vec<Option<Stored>>> {
        Reply::ready(Ok(slots.iter().map(|slot| self.store.read_slot(slot)).collect()))
    }

    fn put<'a>(&'a self, slot: Slot<'a>, stored: Option<Stored>, life: Life, when: When<'a>) -> Reply<'a, bool> {
        let stored = stored.filter(|_| !life.is_none());
        Reply::ready(Ok(match slot {
            Slot::Entry(key) => self.store.put_entry(key, stored, life, when),
            Slot::Epoch(name) => self.store.put_epoch(name, stored.as_ref(), life, when),
        }))
    }

    fn remove_matching<'a>(&'a self, pattern: &'a Pattern) -> Reply<'a, ()> {
        self.store.remove_matching(pattern);
        Reply::ready(Ok(()))
    }

    fn reclaim(&self) -> Reply<'_, ()> {
        self.store.partitions.remove_matching(&|_| true);
        Reply::ready(Ok(()))
    }

    fn itself(&self) -> Option<&dyn Any> {
        Some(self)
    }

    fn retire(&self) {
        self.store.functions.retire();
    }

    fn peek(&self, key: &Key<'_>, visit: &mut dyn FnMut(&Entry)) -> bool {
        MOMENT.wake();
        let place = self.store.place(key);
        let now = self.store.clock.now();
        let Some(entry) = self.store.entry(&place, now) else { return false };
        let current = self.store.epochs.at(now, |epoch| entry.validity.is_current(key, epoch));
        if current {
            visit(&entry);
        }
        current
    }

    fn peeks_freely(&self) -> bool {
        true
    }

    fn look<'a>(&'a self, key: &'a Key<'a>, watch: &'a [EpochName<'a>]) -> Reply<'a, Look> {
        let place = self.store.place(key);
        let now = self.store.clock.now();
        // In this order: what is written in between is newer than what the commit will compare with.
        let seen = self.store.seen(&place);
        let stored = self.store.entry(&place, now).map(Stored::Object);
        let epochs = self.store.epochs.at(now, |epoch| watch.iter().map(epoch).collect());
        Reply::ready(Ok(Look { stored, seen: Some(seen), epochs, ticket: None }))
    }

    fn holds<'a>(&'a self, key: &'a Key<'a>, seen: &'a Seen) -> Reply<'a, bool> {
        Reply::ready(Ok(self.store.holds(&self.store.place(key), seen)))
    }

    fn current<'a>(&'a self, names: &'a [EpochName<'a>]) -> Reply<'a, Vec<Option<Epoch>>> {
        Reply::ready(Ok(self.store.epochs.with(|epoch| names.iter().map(epoch).collect())))
    }

    fn epochs<'a>(&'a self, names: &'a [EpochName<'a>], life: Life) -> Reply<'a, Vec<Epoch>> {
        Reply::ready(Ok(self.store.epochs.get_or_make(names, life)))
    }

    fn extend<'a>(&'a self, names: &'a [EpochName<'a>], life: Life) -> Reply<'a, ()> {
        self.store.epochs.extend(names, life);
        Reply::ready(Ok(()))
    }

    fn renew<'a>(&'a self, names: &'a [EpochName<'a>]) -> Reply<'a, ()> {
        self.store.epochs.renew(names, || self.store.functions.renew(names));
        Reply::ready(Ok(()))
    }

    fn invalidate<'a>(&'a self, key: &'a Key<'a>, _tombstone: Stored, _life: Life) -> Reply<'a, ()> {
        self.store.remove(&self.store.place(key));
        Reply::ready(Ok(()))
    }
}

impl fmt::Debug for Ram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let partitions = &self.store.partitions;
        let mut ram = f.debug_struct("Ram");
        ram.field("prefix", &self.prefix).field("entries", &partitions.len());
        if let Some(bytes) = partitions.bytes() {
            ram.field("bytes", &bytes);
        }
        ram.finish_non_exhaustive()
    }
}
