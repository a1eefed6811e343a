//! The handler's thread: a small runtime of its own that drives its connections.
//!
//! Callers queue requests for it, or drive a connection themselves, and wait for the reply on whatever executor they have, or
//! none. So a handler is shared by threads, by runtimes, and by tests with a runtime each, and outlives any of them. The runtime
//! lives and ends on that thread, so a handler can be dropped anywhere.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// A thread that is started when it is first needed, and ends with this.
#[derive(Debug, Default)]
pub(super) struct Runtime(Mutex<Option<Started>>);

#[derive(Debug)]
struct Started {
    handle: Handle,
    /// The thread ends when it is dropped.
    _alive: oneshot::Sender<()>,
}

impl Runtime {
    /// Where tasks are given to the thread.
    pub(super) fn handle(&self) -> Result<Handle, Arc<str>> {
        let mut started = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(started) = &*started {
            return Ok(started.handle.clone());
        }
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| format!("no event loop could be made for its connections: {error}"))?;
        let handle = runtime.handle().clone();
        let (alive, ended) = oneshot::channel::<()>();
        std::thread::Builder::new()
            .name("larder-redis".into())
            .spawn(move || {
                let _ = runtime.block_on(ended);
                // A name look-up may still be running on a thread of the runtime; nobody waits for it.
                runtime.shutdown_background();
            })
            .map_err(|error| format!("no thread could be started for its connections: {error}"))?;
        *started = Some(Started { handle: handle.clone(), _alive: alive });
        Ok(handle)
    }
}
