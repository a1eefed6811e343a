//! A response whose body is yet to come, and the end of the run that it is the result of.

use std::sync::Arc;

use bytes::Bytes;
use cache_core::key::Recorder;
use cache_core::keyspace::{Ended, Inside, Place, Running};
use cache_core::{Clock, Life, Object};
use http::{HeaderMap, StatusCode};

use crate::entry::{Kept, Stored, Times, Varies};
use crate::finish::finish;
use crate::layer::Shared;
use crate::unstored;

/// A response to be stored, but for its body.
pub(crate) struct Plan {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) times: Times,
    pub(crate) shelf: Shelf,
}

/// Where a response is stored.
pub(crate) enum Shelf {
    /// At the key of its target, which the run is for.
    Here,
    /// At the key of a variant.
    Variant(Box<Variant>),
}

/// One of the responses of a target that differ by headers of the request.
pub(crate) struct Variant {
    /// By which; this is said at the target's key.
    pub(crate) varies: Varies,
    pub(crate) key: Recorder,
    /// The target's key, unless the run is for that.
    pub(crate) target: Option<Recorder>,
}

/// The duty to end a run whose response has a body yet to come.
pub(crate) struct Pending {
    plan: Plan,
    running: Running,
    shared: Arc<Shared>,
}

impl Pending {
    pub(crate) const fn new(plan: Plan, running: Running, shared: Arc<Shared>) -> Self {
        Self { plan, running, shared }
    }

    pub(crate) fn clock(&self) -> &Clock {
        self.running.place().keyspace.clock()
    }

    /// Makes the calling thread be inside of the run.
    pub(crate) fn inside(&self) -> Option<Inside> {
        self.running.inside()
    }

    /// Whether storing waits for nothing.
    pub(crate) fn is_stored_at_once(&self) -> bool {
        self.running.place().keyspace.is_in_memory()
    }

    /// Whether others wait for it.
    pub(crate) fn is_waited_for(&self) -> bool {
        self.running.followers().any()
    }

    /// The response is not to be stored after all.
    pub(crate) fn give_up(self) {
        self.shared.unstored.add(&self.running.place().key, self.clock(), unstored::POLICY);
        finish(self.running.end(Ended::Nothing(None)));
    }

    /// The response did not come to its end.
    pub(crate) fn fail(self) {
        finish(self.running.end(Ended::Failed(None)));
    }

    /// The response is complete at `now`, by the machine's date.
    pub(crate) async fn store(self, body: Bytes, now: u64) {
        let Self { plan, running, shared } = self;
        let Plan { status, headers, times, shelf } = plan;
        shared.unstored.remove(&running.place().key);
        let response = Arc::new(Stored::Response(Kept::new(status, headers, body, times)));
        match shelf {
            Shelf::Here => {
                let life = Life::until(times.stale_at, now);
                // It may have taken so long that it is nobody's any more.
                let ended = if life.is_none() { Ended::Nothing(None) } else { Ended::Value(response, life) };
                running.end(ended).await;
            }
            Shelf::Variant(variant) => {
                let stored = variant.store(running, response, (times.stale_at, now), shared.max_variants);
                Box::pin(stored).await;
            }
        }
    }
}

impl Variant {
    /// Stores its response, and says at its target's key by what the responses there differ. That says where to look and
    /// nothing of anyone's data, so it may be written over whatever is there, and be older than an invalidation.
    async fn store(self, running: Running, response: Object, (stale_at, now): (u64, u64), most: usize) {
        let Self { mut varies, key, target } = self;
        let at_target = target.filter(|_| running.can_store()).map(|key| Place { key, ..running.place().clone() });
        if let Some(place) = &at_target {
            // Others may have stored variants since.
            let found = place.read_uncounted().await;
            if let Some(Stored::Varies(known)) = found.as_ref().and_then(|found| found.downcast_ref::<Stored>()) {
                varies.take_in(known);
            }
        }
        if stale_at <= now || !varies.admit(&key, stale_at, now, most) {
            return running.end(Ended::Nothing(None)).await;
        }
        let (life, kept) = (Life::until(stale_at, now), Life::until(varies.until, now));
        let said: Object = Arc::new(Stored::Varies(varies));
        if let Some(place) = &at_target
            && let Err(error) = place.set(&said, kept).await
        {
            // The handler has counted it, and says so itself where it is the handler that fails.
            log::debug!("{error}");
        }
        if running.place().key.bytes() == key.bytes() {
            return running.end(Ended::Value(response, life)).await;
        }
        running.store_beside(&key, &response, life).await;
        // Those who wait for the target, or for a variant by fewer headers, are told to look there.
        running.end(Ended::Value(said, kept)).await;
    }
}
