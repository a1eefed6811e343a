//! Keys whose responses were not stored a moment ago. Callers of such a key do not wait for each other: they would wait
//! for nothing, one behind the other (Varnish calls this hit-for-miss).

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use cache_core::Clock;
use cache_core::key::Recorder;

/// For how long, in milliseconds, a key is remembered whose responses say that they are not to be stored: two minutes, as
/// Varnish does.
pub(crate) const POLICY: u64 = 120_000;
/// For how long one is whose last response was of a status that is not stored: the next one may be of another.
pub(crate) const STATUS: u64 = 5_000;
/// How many are remembered. Past it all are forgotten, and callers wait once more.
const BOUND: usize = 8_192;

/// Hashes of keys, and until when they are remembered. Two keys of one hash run side by side; that is no harm.
#[derive(Debug, Default)]
pub(crate) struct Unstored {
    until: Mutex<HashMap<u64, u64>>,
    /// Whether there are any: where all responses are stored, a miss pays for no more than this.
    any: AtomicBool,
    hasher: RandomState,
}

impl Unstored {
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, u64>> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn has(&self, key: &Recorder, clock: &Clock) -> bool {
        let until = || self.lock().get(&self.hash(key)).copied();
        self.any.load(Ordering::Relaxed) && until().is_some_and(|until| clock.now() < until)
    }

    /// Remembers `key` for so many milliseconds.
    pub(crate) fn add(&self, key: &Recorder, clock: &Clock, remembered: u64) {
        let (hash, now) = (self.hash(key), clock.now());
        let mut until = self.lock();
        if until.len() >= BOUND {
            until.retain(|_, until| now < *until);
        }
        if until.len() >= BOUND {
            until.clear();
        }
        until.insert(hash, now.saturating_add(remembered));
        self.any.store(true, Ordering::Relaxed);
    }

    pub(crate) fn remove(&self, key: &Recorder) {
        if self.any.load(Ordering::Relaxed) {
            let mut until = self.lock();
            until.remove(&self.hash(key));
            self.any.store(!until.is_empty(), Ordering::Relaxed);
        }
    }

    fn hash(&self, key: &Recorder) -> u64 {
        self.hasher.hash_one(key.bytes())
    }
}
