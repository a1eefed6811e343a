//! Who waits for something to happen to a key on the server.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Those who wait, by the key.
#[derive(Debug, Default)]
pub(crate) struct Waiters(Mutex<HashMap<Vec<u8>, Arc<Notify>>>);

/// A place among those who wait for a key, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    waiters: &'a Waiters,
    key: &'a [u8],
    notify: Arc<Notify>,
}

impl Waiters {
    /// A place for `key`.
    pub(crate) fn join<'a>(&'a self, key: &'a [u8]) -> Place<'a> {
        let mut places = self.lock();
        let notify = match places.get(key) {
            Some(notify) => Arc::clone(notify),
            None => Arc::clone(places.entry(key.to_vec()).or_default()),
        };
        drop(places);
        Place { waiters: self, key, notify }
    }

    pub(super) fn wake(&self, key: &[u8]) {
        let notify = self.lock().get(key).cloned();
        if let Some(notify) = notify {
            notify.notify_waiters();
        }
    }

    pub(super) fn wake_all(&self) {
        let all: Vec<Arc<Notify>> = self.lock().values().cloned().collect();
        for notify in all {
            notify.notify_waiters();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Vec<u8>, Arc<Notify>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place<'_> {
    /// Ends at the first message about the key that comes after this call, also if that is before the first poll.
    pub(crate) fn message(&self) -> impl Future<Output = ()> + '_ {
        self.notify.notified()
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut places = self.waiters.lock();
        // Its own, and that of the table.
        if Arc::strong_count(&self.notify) == 2 {
            places.remove(self.key);
        }
    }
}
