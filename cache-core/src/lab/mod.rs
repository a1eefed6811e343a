//! The test lab: a test of cached functions alone, with a clock of its own and handlers that can be made to fail.

mod here;
mod on_demand;

use std::collections::BTreeSet;
use std::fmt;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) use here::{Here, any, escape, here};
pub(crate) use on_demand::OnDemand;

use crate::cache::Cache;
use crate::clock::Clock;
use crate::sync::lock_std;

/// The name, in a lab, of the handler of functions and direct calls that name none.
pub const DEFAULT_HANDLER: &str = "default";

/// Begins a lab for this test: until it is dropped, cached functions that are called on this thread have empty handlers
/// in memory under every name, statistics of their own, and a clock that stands still.
///
/// ```
/// use std::time::Duration;
///
/// let lab = cache_core::lab::lab();
/// let cache = lab.cache().blocking();
/// cache.set("key", 1_u64, 30)?;
/// lab.advance(Duration::from_secs(30));
/// assert_eq!(cache.get::<u64>("key")?, None);
/// # Ok::<(), cache_core::Error>(())
/// ```
#[must_use = "a lab ends when it is dropped"]
pub fn lab() -> Lab {
    let clock = Clock::standing();
    let handlers = OnDemand::new(clock.clone());
    Lab::begin(Cache::on_demand(handlers.clone(), clock), Some(handlers))
}

/// Begins a lab in which cached functions use `cache`, as if it were installed, for this test only. Its handlers are
/// real, so they cannot be made to [`Lab::fail`], and time moves by the clock that the cache was built with.
#[must_use = "a lab ends when it is dropped"]
pub fn lab_with(cache: Cache) -> Lab {
    Lab::begin(cache, None)
}

/// What the threads and tasks inside a lab share.
pub(crate) struct Shared {
    pub(crate) cache: Cache,
    pub(crate) escaped: Mutex<BTreeSet<String>>,
}

/// One test's lab. See [`lab`].
pub struct Lab {
    shared: Arc<Shared>,
    handlers: Option<OnDemand>,
    /// It ends on the thread that it began on.
    _here: PhantomData<*const ()>,
}

impl Lab {
    fn begin(cache: Cache, handlers: Option<OnDemand>) -> Self {
        let shared = Arc::new(Shared { cache, escaped: Mutex::default() });
        here::begin(&shared);
        Self { shared, handlers, _here: PhantomData }
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.shared.cache.clock().advance(by);
    }

    /// Makes the handler `name` answer every operation with an error, until [`Lab::heal`].
    ///
    /// # Panics
    /// In a lab that was begun with a cache of real handlers.
    pub fn fail(&self, name: &str) {
        self.on_demand().set_failing(name, true);
    }

    /// Makes the handler `name` work again, at once.
    ///
    /// # Panics
    /// As [`Lab::fail`].
    pub fn heal(&self, name: &str) {
        self.on_demand().set_failing(name, false);
    }

    #[allow(clippy::expect_used, reason = "a mistake in a test is to fail it")]
    fn on_demand(&self) -> &OnDemand {
        self.handlers.as_ref().expect("`fail` and `heal` are for labs begun with `lab()`: these handlers are real")
    }

    /// The lab's cache, for direct use.
    #[must_use]
    pub fn cache(&self) -> Cache {
        self.shared.cache.clone()
    }

    /// The functions that were called outside every lab while this one was there: on threads and in tasks that do not
    /// belong to it. They ran uncached.
    #[must_use]
    pub fn escaped(&self) -> Vec<String> {
        lock_std(&self.shared.escaped).iter().cloned().collect()
    }

    /// Runs `test` inside the lab, on whatever thread it is polled: for runtimes of several threads, and for what is
    /// spawned (`tokio::spawn(lab.run(…))`).
    pub fn run<F: Future>(&self, test: F) -> impl Future<Output = F::Output> + use<F> {
        let shared = Arc::clone(&self.shared);
        async move {
            let mut test = pin!(test);
            poll_fn(|context| {
                let _inside = here::enter(&shared);
                test.as_mut().poll(context)
            })
            .await
        }
    }

    /// A handle that can be sent to other threads, to bring them into the lab.
    #[must_use]
    pub fn pass(&self) -> Pass {
        Pass(Arc::clone(&self.shared))
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        here::end(&self.shared);
    }
}

impl fmt::Debug for Lab {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lab").field("cache", &self.shared.cache).finish_non_exhaustive()
    }
}

/// Brings other threads into a [`Lab`].
#[derive(Clone)]
pub struct Pass(Arc<Shared>);

impl Pass {
    /// Runs `work` inside the lab.
    pub fn run<T>(&self, work: impl FnOnce() -> T) -> T {
        let _inside = here::enter(&self.0);
        work()
    }
}

impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pass")
    }
}
