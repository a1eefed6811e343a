//! Handlers that are there under every name as soon as somebody asks for them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::cache::{Handler, Opened, SharedHandler};
use crate::clock::Clock;
use crate::memory::Memory;
use crate::sync::lock_std;

/// The handlers of a lab, each a [`Memory`].
#[derive(Clone)]
pub(crate) struct OnDemand {
    made: Arc<Mutex<Vec<(SharedHandler, Memory)>>>,
    clock: Clock,
}

impl OnDemand {
    pub(super) fn new(clock: Clock) -> Self {
        Self { made: Arc::default(), clock }
    }

    pub(crate) fn get(&self, name: &str) -> SharedHandler {
        self.entry(name).0
    }

    pub(crate) fn all(&self) -> Vec<SharedHandler> {
        lock_std(&self.made).iter().map(|(handler, _)| Arc::clone(handler)).collect()
    }

    pub(super) fn set_failing(&self, name: &str, failing: bool) {
        let (handler, memory) = self.entry(name);
        memory.set_failing(failing);
        if !failing {
            handler.mend();
        }
    }

    fn entry(&self, name: &str) -> (SharedHandler, Memory) {
        let mut made = lock_std(&self.made);
        if let Some(found) = made.iter().find(|(handler, _)| handler.name() == name) {
            return found.clone();
        }
        let memory = Memory::new(self.clock.clone());
        let opened = Opened::new(memory.clone());
        let handler = Handler::new(name.to_owned(), opened, self.clock.clone(), Duration::from_secs(30));
        made.push((Arc::new(handler), memory));
        made[made.len() - 1].clone()
    }
}
