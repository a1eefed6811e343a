//! Whether anything was said of a key since it was read, without a list of the keys that were read.
//!
//! A fixed number of counters; a message about a key advances the one that its name falls on. Whoever reads a key takes
//! down its counter before it asks the server ([`Stamp`]), and what was read counts as long as the counter stands. So a
//! message between the question and the answer wins, nothing has to be tidied up, and asking is one load. Two keys that
//! fall on one counter cost each other a look at the server now and then, and nothing else.

use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU32, Ordering};

use foldhash::fast::RandomState;

/// How many counters there are for keys (1 MiB) and for epochs, which a write
/// of a key must not touch: all values of a function depend on its epoch.
const KEYS: usize = 1 << 18;
const EPOCHS: usize = 1 << 14;

#[derive(Debug)]
pub(crate) struct Stamps {
    counters: Box<[AtomicU32]>,
    hasher: RandomState,
}

/// What a counter was.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stamp {
    at: u32,
    was: u32,
}

impl Stamps {
    pub(super) fn new() -> Self {
        let counters = std::iter::repeat_with(|| AtomicU32::new(0)).take(KEYS + EPOCHS).collect();
        Self { counters, hasher: RandomState::default() }
    }

    /// The counter of a key on the server.
    pub(crate) fn of_key(&self, key: &[u8]) -> Stamp {
        self.stamp(self.place_of_key(key))
    }

    /// The counter of an epoch.
    pub(crate) fn of_epoch(&self, name: &str) -> Stamp {
        self.stamp(self.place_of_epoch(name))
    }

    /// Whether nothing was said since.
    pub(crate) fn stands(&self, stamp: Stamp) -> bool {
        self.counters.get(stamp.at as usize).is_some_and(|counter| counter.load(Ordering::SeqCst) == stamp.was)
    }

    /// A number of these bytes.
    pub(crate) fn number(&self, bytes: &[u8]) -> u64 {
        self.hasher.hash_one(bytes)
    }

    /// Something was said of a key.
    pub(crate) fn strike_key(&self, key: &[u8]) {
        self.strike(self.place_of_key(key));
    }

    /// Something was said of an epoch.
    pub(crate) fn strike_epoch(&self, name: &str) {
        self.strike(self.place_of_epoch(name));
    }

    fn stamp(&self, place: usize) -> Stamp {
        Stamp { at: place as u32, was: self.counters[place].load(Ordering::SeqCst) }
    }

    fn strike(&self, place: usize) {
        self.counters[place].fetch_add(1, Ordering::SeqCst);
    }

    fn place_of_key(&self, key: &[u8]) -> usize {
        self.hasher.hash_one(key) as usize % KEYS
    }

    fn place_of_epoch(&self, name: &str) -> usize {
        KEYS + self.hasher.hash_one(name) as usize % EPOCHS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_stands_until_its_key_is_named() {
        let stamps = Stamps::new();
        let (key, epoch) = (stamps.of_key(b"p:k:a"), stamps.of_epoch("e:*"));
        assert!(stamps.stands(key) && stamps.stands(epoch));
        stamps.strike_key(b"p:k:a");
        assert!(!stamps.stands(key) && stamps.stands(epoch));
        stamps.strike_epoch("e:*");
        assert!(!stamps.stands(epoch));
        assert!(stamps.stands(stamps.of_key(b"p:k:a")));
    }
}
