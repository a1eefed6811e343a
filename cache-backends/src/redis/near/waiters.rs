//! Who waits for something to happen to a key on the server.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Those who wait, by the key.
#[derive(Debug, Default)]
pub(crate) struct Waiters(Mutex<HashMap<Vec<u8>, Waiting>>);

/// Those who wait for one key. They are counted: whoever wakes them holds on to the notification meanwhile, as they do.
#[derive(Debug, Default)]
struct Waiting {
    places: usize,
    notify: Arc<Notify>,
}

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
        let mut all = self.lock();
        let waiting = all.entry(key.to_vec()).or_default();
        waiting.places += 1;
        Place { waiters: self, key, notify: Arc::clone(&waiting.notify) }
    }

    pub(super) fn wake(&self, key: &[u8]) {
        let notify = self.lock().get(key).map(|waiting| Arc::clone(&waiting.notify));
        if let Some(notify) = notify {
            notify.notify_waiters();
        }
    }

    pub(super) fn wake_all(&self) {
        let all: Vec<Arc<Notify>> = self.lock().values().map(|waiting| Arc::clone(&waiting.notify)).collect();
        for notify in all {
            notify.notify_waiters();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Vec<u8>, Waiting>> {
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
        let mut all = self.waiters.lock();
        let Some(waiting) = all.get_mut(self.key) else { return };
        waiting.places -= 1;
        if waiting.places == 0 {
            all.remove(self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_of_who_leaves_while_being_woken() {
        let waiters = Waiters::default();
        let (one, other) = (waiters.join(b"l:a"), waiters.join(b"l:a"));
        // As whoever wakes them holds it.
        let woken = Arc::clone(&one.notify);
        drop(one);
        assert_eq!(waiters.lock().len(), 1);
        drop(other);
        assert!(waiters.lock().is_empty());
        drop(woken);
    }
}
