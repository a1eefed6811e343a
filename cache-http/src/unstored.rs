//! Keys whose responses were not stored a moment ago. Callers of such a key do not wait for each other: they would wait
//! for nothing, one behind the other (Varnish calls this hit-for-miss).

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// For how long a key is remembered, in milliseconds: two minutes, as Varnish does.
const REMEMBERED: u64 = 120_000;
/// How many are remembered. Past it all are forgotten, and callers wait once more.
const BOUND: usize = 8_192;

/// Hashes of keys, and until when they are remembered. Two keys of one hash run side by side; that is no harm.
#[derive(Debug, Default)]
pub(crate) struct Unstored {
    until: Mutex<HashMap<u64, u64>>,
    hasher: RandomState,
}

impl Unstored {
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, u64>> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number that `key` is known by.
    pub(crate) fn number(&self, key: &[u8]) -> u64 {
        self.hasher.hash_one(key)
    }

    pub(crate) fn has(&self, number: u64, now: u64) -> bool {
        self.lock().get(&number).is_some_and(|until| now < *until)
    }

    pub(crate) fn add(&self, number: u64, now: u64) {
        let mut until = self.lock();
        if until.len() >= BOUND {
            until.retain(|_, until| now < *until);
        }
        if until.len() >= BOUND {
            until.clear();
        }
        until.insert(number, now.saturating_add(REMEMBERED));
    }

    pub(crate) fn remove(&self, number: u64) {
        let mut until = self.lock();
        if !until.is_empty() {
            until.remove(&number);
        }
    }
}
