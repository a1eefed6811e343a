//! Real handlers for tests, each a cache of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use larder::{Cache, Clock, Disk, Ram, Tiered};

#[path = "../../cache-backends/tests/redis/server.rs"]
#[allow(dead_code, unreachable_pub)]
mod server;

pub(crate) use server::{Server, eventually};

/// A cache of one handler, which every name in the test stands for, and what has to live as long as it.
pub(crate) struct Rig {
    pub(crate) cache: Cache,
    pub(crate) server: Option<Server>,
    pub(crate) directory: Option<tempfile::TempDir>,
    /// Whether what was read of the server is kept in memory.
    pub(crate) has_near: bool,
}

/// The kinds of handler that every promise is tested on.
pub(crate) const KINDS: [&str; 4] = ["ram", "disk", "redis", "tiered"];

/// A cache whose only handler is of `kind`, by the machine's clock.
pub(crate) fn rig(kind: &str) -> Rig {
    rig_by(kind, &Clock::system())
}

/// A cache whose only handler is of `kind`, by `clock`. (A server ends lives by a clock of its own.)
pub(crate) fn rig_by(kind: &str, clock: &Clock) -> Rig {
    match kind {
        "ram" => Rig { cache: build(Ram::builder(), clock), server: None, directory: None, has_near: false },
        "disk" => {
            let directory = tempfile::tempdir().unwrap();
            let cache = build(Disk::builder().cache_dir(directory.path().join("cache")), clock);
            Rig { cache, server: None, directory: Some(directory), has_near: false }
        }
        "redis" => {
            let server = Server::start();
            let cache = build(server.builder(), clock);
            Rig { cache, server: Some(server), directory: None, has_near: false }
        }
        "tiered" => {
            let server = Server::start();
            let cache = build(Tiered::new(Ram::builder(), server.builder()), clock);
            Rig { cache, server: Some(server), directory: None, has_near: true }
        }
        other => panic!("there is no handler of kind `{other}`"),
    }
}

fn build(handler: impl larder::IntoHandler + 'static, clock: &Clock) -> Cache {
    Cache::builder().handler("it", handler).clock(clock.clone()).build().unwrap()
}

/// A counter that a cached function's body adds to.
#[derive(Default)]
pub(crate) struct Runs(AtomicU32);

impl Runs {
    pub(crate) const fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    pub(crate) fn add(&self) -> u32 {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }

    pub(crate) fn get(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }

    /// The count since it was last taken.
    pub(crate) fn take(&self) -> u32 {
        self.0.swap(0, Ordering::SeqCst)
    }
}

/// A gate that a run waits at until the test opens it, in sync and in async code.
#[derive(Clone, Default)]
pub(crate) struct Gate(Arc<(std::sync::Mutex<bool>, std::sync::Condvar, tokio::sync::Notify)>);

impl Gate {
    pub(crate) fn open(&self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
        self.0.2.notify_waiters();
    }

    pub(crate) fn wait(&self) {
        let opened = self.0.0.lock().unwrap();
        drop(self.0.1.wait_while(opened, |open| !*open).unwrap());
    }

    pub(crate) async fn passed(&self) {
        loop {
            let notified = self.0.2.notified();
            if *self.0.0.lock().unwrap() {
                return;
            }
            notified.await;
        }
    }
}
