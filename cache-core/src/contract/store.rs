//! [`Store`]: the backend under test, with its operations made sync and its values made of a payload.

use std::sync::Arc;
use std::time::Duration;

use crate::{
    Backend, Clock, Entry, Epoch, EpochName, Form, Lead, Life, Look, Opened, Pattern, Reply, Seen, Slot, Stored,
    Validity, When, block_on, key::Key, key::Space, within,
};

/// An operation that takes longer has broken the promise to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// Long enough to outlast every case, and not for ever.
pub(super) fn hour() -> Life {
    Life::of(Duration::from_secs(3_600))
}

/// The backend under test.
#[derive(Clone)]
pub struct Store {
    backend: Arc<dyn Backend>,
    clock: Clock,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("form", &self.backend.form()).finish_non_exhaustive()
    }
}

impl Store {
    /// The store of `opened`, whose time is `clock`'s.
    #[must_use]
    pub fn new(opened: &Opened, clock: Clock) -> Self {
        Self { backend: Arc::clone(opened.backend()), clock }
    }

    pub(super) fn backend(&self) -> &dyn Backend {
        &*self.backend
    }

    /// The machine's date, by the store's time.
    pub(super) fn now(&self) -> u64 {
        self.clock.wall()
    }

    /// Moves the store's time; gives whether that is possible.
    pub(super) fn advance(&self, by: Duration) -> bool {
        self.clock.advance(by);
        !self.backend.keeps_time()
    }

    /// A value of its own: no other has the same bytes, also of the same payload, as no two frames have.
    pub(super) fn value(&self, payload: &[u8]) -> Stored {
        match self.backend.form() {
            Form::Bytes => Stored::Bytes([&Epoch::random().to_bytes()[..], payload].concat()),
            Form::Objects => Stored::Object(Arc::new(Entry {
                value: Arc::new(payload.to_vec()),
                weigher: None,
                validity: Validity {
                    created: self.clock.now(),
                    fresh_until: u64::MAX,
                    kept_until: u64::MAX,
                    epoch: 0,
                    tags: Vec::new(),
                },
            })),
        }
    }

    /// What [`Store::value`] was made of.
    pub(super) fn payload(stored: &Stored) -> Vec<u8> {
        match stored {
            Stored::Bytes(bytes) => bytes.get(16..).unwrap_or(b"(something short)").to_vec(),
            Stored::Object(entry) => Self::object(entry),
        }
    }

    pub(super) fn object(entry: &Entry) -> Vec<u8> {
        entry.value.downcast_ref::<Vec<u8>>().cloned().unwrap_or_else(|| b"(an object of another type)".to_vec())
    }

    /// A tombstone of its own.
    pub(super) fn tombstone() -> Stored {
        Stored::Bytes([&Epoch::random().to_bytes()[..], TOMBSTONE].concat())
    }

    /// The payload under `key`; `None` where there is none, or a tombstone.
    pub(super) fn read(&self, key: &Key<'_>) -> Option<Vec<u8>> {
        let found = self.get(&[Slot::Entry(key)]).pop().flatten();
        found.map(|stored| Self::payload(&stored)).filter(|payload| payload != TOMBSTONE)
    }

    /// Stores `payload` under `key`.
    pub(super) fn set(&self, key: &Key<'_>, payload: &[u8], life: Life) {
        assert!(self.put(key, payload, life, When::Always), "a write that is to happen in any case did not happen");
    }

    pub(super) fn put(&self, key: &Key<'_>, payload: &[u8], life: Life, when: When<'_>) -> bool {
        self.put_slot(Slot::Entry(key), Some(self.value(payload)), life, when)
    }

    /// Stores `payload` under `key` if it still holds what was seen.
    pub(super) fn commit(&self, key: &Key<'_>, payload: &[u8], seen: &Seen) -> bool {
        self.put(key, payload, hour(), When::Unchanged { seen, epoch: None })
    }

    pub(super) fn put_slot(&self, slot: Slot<'_>, stored: Option<Stored>, life: Life, when: When<'_>) -> bool {
        wait("put", self.backend.put(slot, stored, life, when))
    }

    pub(super) fn get(&self, slots: &[Slot<'_>]) -> Vec<Option<Stored>> {
        let found = wait("get", self.backend.get(slots));
        assert_eq!(found.len(), slots.len(), "`get` gave another number of answers than it was asked for slots");
        found
    }

    pub(super) fn look(&self, key: &Key<'_>, watch: &[EpochName<'_>]) -> Look {
        let look = wait("look", self.backend.look(key, watch));
        assert_eq!(look.epochs.len(), watch.len(), "`look` gave another number of epochs than it was to watch");
        look
    }

    pub(super) fn seen(&self, key: &Key<'_>) -> Seen {
        self.look(key, &[]).seen()
    }

    pub(super) fn current(&self, name: &EpochName<'_>) -> Option<Epoch> {
        let found = wait("current", self.backend.current(std::slice::from_ref(name)));
        assert_eq!(found.len(), 1, "`current` gave another number of epochs than it was asked for");
        found[0]
    }

    pub(super) fn epochs(&self, names: &[EpochName<'_>], life: Life) -> Vec<Epoch> {
        let found = wait("epochs", self.backend.epochs(names, life));
        assert_eq!(found.len(), names.len(), "`epochs` gave another number of epochs than it was asked for");
        found
    }

    pub(super) fn epoch(&self, name: &EpochName<'_>) -> Epoch {
        self.epochs(std::slice::from_ref(name), hour())[0]
    }

    pub(super) fn renew(&self, names: &[EpochName<'_>]) {
        wait("renew", self.backend.renew(names));
    }

    pub(super) fn extend(&self, names: &[EpochName<'_>], life: Life) {
        wait("extend", self.backend.extend(names, life));
    }

    pub(super) fn invalidate(&self, key: &Key<'_>, life: Life) {
        wait("invalidate", self.backend.invalidate(key, Self::tombstone(), life));
    }

    /// What was there, or `None` where the store does not do that.
    pub(super) fn swap(&self, key: &Key<'_>, payload: &[u8], life: Life) -> Option<Option<Stored>> {
        wait("swap", self.backend.swap(key, self.value(payload), life))
    }

    pub(super) fn remove_matching(&self, pattern: &str) {
        wait("remove_matching", self.backend.remove_matching(&Pattern::new(pattern)));
    }

    /// The right to run `key` after a look, with patience for longer than an operation may take.
    pub(super) fn lead(&self, key: &Key<'_>) -> Lead {
        wait("lead", self.backend.lead(key, &self.seen(key), PATIENCE * 2))
    }

    pub(super) fn reclaim(&self) {
        wait("reclaim", self.backend.reclaim());
    }
}

const TOMBSTONE: &[u8] = b"(a tombstone)";

fn wait<T: Unpin>(operation: &str, reply: Reply<'_, T>) -> T {
    match block_on(within(&Clock::system(), PATIENCE, reply)) {
        Some(Ok(answer)) => answer,
        Some(Err(error)) => panic!("`{operation}` failed: {error}"),
        None => panic!("`{operation}` did not end within {PATIENCE:?}"),
    }
}

/// A space of functions that lives as long as the process, as those of annotated functions do.
pub(super) fn function(name: &str, version: u32) -> &'static Space {
    Box::leak(Box::new(Space::function(name, version)))
}
