//! Waking the handler's thread, by whoever drives the connection: what becomes ready is the thread's to look after.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Wake, Waker};

/// Wakes the handler's thread, whoever polled last.
#[derive(Default)]
pub(super) struct Relay(Mutex<Option<Waker>>);

impl Relay {
    pub(super) fn set(&self, waker: &Waker) {
        let mut target = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !target.as_ref().is_some_and(|target| target.will_wake(waker)) {
            *target = Some(waker.clone());
        }
    }

    pub(super) fn pass_on(&self) {
        let target = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(target) = target {
            target.wake();
        }
    }
}

impl Wake for Relay {
    fn wake(self: Arc<Self>) {
        self.pass_on();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.pass_on();
    }
}
