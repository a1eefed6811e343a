//! [`Backend`] on two tiers.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cache_core::key::Key;
use cache_core::{
    Backend, Clock, Entry, Epoch, EpochName, Lead, Life, Look, Pattern, Reply, Seen, Slot, Stored, Ticket, When,
};

use super::builder::TieredBuilder;
use super::copy::Copy;
use super::heartbeat::Heartbeat;
use crate::ram::Inside;
use crate::redis::Copied;
use crate::{Ram, RamBuilder, Redis, RedisBuilder};

/// A handler that keeps results in Redis, and near in the memory of each process that reads them.
///
/// What was read of the server once is given from memory after that: as it is, without a round trip and without decoding.
/// The server tells every process of each write under the handler's prefix (`CLIENT TRACKING` in broadcast mode), so what one
/// process invalidates is gone from the memory of all others within a round trip, and from its own at once. Where that cannot be
/// had (a server before Redis 6, or an ACL that forbids it), everything is read of the server.
///
/// When the connection to the server is lost, nothing that is in memory is given any more (unless
/// [`serve_without_remote`](TieredBuilder::serve_without_remote) says so), and when it is back, nothing that was in memory
/// before. A server that is lost without a sign is noticed within a second.
///
/// A result comes near when it is first read, not when it is stored. It stays in memory for as long as the server keeps it, at
/// most, and as long as there is room: `threshold` and `max_bytes` of the [`RamBuilder`] bound what is in memory of this process
/// (its `default_expire` has no meaning here). Values in memory are shared, as in [`Ram`]: a hit is a clone.
///
/// ```
/// use cache_backends::{Ram, Redis, Tiered};
/// use cache_core::Cache;
///
/// let near = Ram::builder().threshold(10_000);
/// let remote = Redis::builder().url("redis://localhost:6379/0").prefix("shop:");
/// let cache = Cache::builder().handler("tiered", Tiered::new(near, remote)).build()?;
/// # Ok::<(), cache_core::Error>(())
/// ```
pub struct Tiered {
    near: Ram,
    remote: Redis,
    heartbeat: Arc<Heartbeat>,
    clock: Clock,
    serve_without_remote: bool,
}

impl Tiered {
    /// Configures a handler of these two tiers.
    #[allow(clippy::new_ret_no_self, reason = "as the other handlers it is opened when the cache is built")]
    pub fn new(near: RamBuilder, remote: RedisBuilder) -> TieredBuilder {
        TieredBuilder { near, remote, serve_without_remote: false }
    }

    pub(super) fn of(near: Ram, remote: Redis, serve_without_remote: bool) -> Self {
        Self { near, remote, heartbeat: Arc::default(), clock: Clock::system(), serve_without_remote }
    }

    /// What is in memory under `key`, if it counts at `now`.
    fn copy_at<'i>(&self, now: u64, key: &Key<'_>, inside: &'i Inside<'_>) -> Option<&'i Copy> {
        if !self.near_counts(now) {
            return None;
        }
        let copy = inside.entry(key, now)?.value.downcast_ref::<Copy>()?;
        (now < copy.ends && self.remote.stands(&copy.copied)).then_some(copy)
    }

    /// Whether anything in memory counts at `now`.
    fn near_counts(&self, now: u64) -> bool {
        if self.remote.is_tracked() { self.heartbeat.counts(now) } else { self.serve_without_remote }
    }
}

impl Backend for Tiered {
    fn get<'a>(&'a self, slots: &'a [Slot<'a>]) -> Reply<'a, Vec<Option<Stored>>> {
        self.remote.get(slots)
    }

    fn put<'a>(&'a self, slot: Slot<'a>, stored: Option<Stored>, life: Life, when: When<'a>) -> Reply<'a, bool> {
        self.remote.put(slot, stored, life, when)
    }

    fn remove_matching<'a>(&'a self, pattern: &'a Pattern) -> Reply<'a, ()> {
        self.remote.remove_matching(pattern)
    }

    fn reclaim(&self) -> Reply<'_, ()> {
        drop(self.near.reclaim());
        self.remote.reclaim()
    }

    fn keeps_time(&self) -> bool {
        self.remote.keeps_time()
    }

    fn peek(&self, key: &Key<'_>, visit: &mut dyn FnMut(&Entry)) -> bool {
        let inside = self.near.inside();
        // What is not fresh by a time that is a little ahead is asked again by the clock.
        let copy = self.copy_at(inside.time_ahead(), key, &inside);
        let copy = copy.or_else(|| self.copy_at(self.clock.now(), key, &inside));
        copy.map(|copy| visit(&copy.entry)).is_some()
    }

    fn peeks_freely(&self) -> bool {
        true
    }

    fn keep(&self, key: &Key<'_>, entry: Entry, ticket: Ticket) {
        let (Ok(copied), Some(runtime)) = (ticket.downcast::<Copied>(), self.remote.handle()) else { return };
        let copy = Copy::new(entry, *copied, &self.clock);
        let life = copy.life(self.clock.now());
        if life.is_none() || !self.remote.stands(&copy.copied) {
            return;
        }
        let which = copy.copied.which;
        let stored = copy.stored();
        // Often enough: whoever comes in between has kept the same.
        for _ in 0..4 {
            let (found, seen) = self.near.entry_and_seen(key);
            let kept = found.as_ref().and_then(|entry| entry.value.downcast_ref::<Copy>());
            match kept.filter(|kept| self.remote.stands(&kept.copied)) {
                Some(kept) if kept.copied.which == which => break,
                Some(_) => {
                    // The server has replied with both, so its message about the newer one is on its way. Until it is here
                    // nobody knows which one that is, and whoever has had it must not get the older one.
                    self.remote.strike(key);
                    return;
                }
                None => {}
            }
            let when = When::Unchanged { seen: &seen, epoch: None };
            let put = self.near.put(Slot::Entry(key), Some(stored.clone()), life, when);
            if matches!(put, Reply::Ready(Some(Ok(true)))) {
                break;
            }
        }
        self.heartbeat.begin(self.remote.servers(), &runtime);
    }

    fn look<'a>(&'a self, key: &'a Key<'a>, watch: &'a [EpochName<'a>]) -> Reply<'a, Look> {
        self.remote.look(key, watch)
    }

    fn holds<'a>(&'a self, key: &'a Key<'a>, seen: &'a Seen) -> Reply<'a, bool> {
        self.remote.holds(key, seen)
    }

    fn swap<'a>(&'a self, key: &'a Key<'a>, stored: Stored, life: Life) -> Reply<'a, Option<Option<Stored>>> {
        self.remote.swap(key, stored, life)
    }

    fn swaps(&self) -> bool {
        self.remote.swaps()
    }

    fn current<'a>(&'a self, names: &'a [EpochName<'a>]) -> Reply<'a, Vec<Option<Epoch>>> {
        self.remote.current(names)
    }

    fn epochs<'a>(&'a self, names: &'a [EpochName<'a>], life: Life) -> Reply<'a, Vec<Epoch>> {
        self.remote.epochs(names, life)
    }

    fn extend<'a>(&'a self, names: &'a [EpochName<'a>], life: Life) -> Reply<'a, ()> {
        self.remote.extend(names, life)
    }

    fn renew<'a>(&'a self, names: &'a [EpochName<'a>]) -> Reply<'a, ()> {
        self.remote.renew(names)
    }

    fn invalidate<'a>(&'a self, key: &'a Key<'a>, tombstone: Stored, life: Life) -> Reply<'a, ()> {
        self.remote.invalidate(key, tombstone, life)
    }

    fn lead<'a>(&'a self, key: &'a Key<'a>, seen: &'a Seen, patience: Duration) -> Reply<'a, Lead> {
        self.remote.lead(key, seen, patience)
    }
}

impl fmt::Debug for Tiered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tiered").field("near", &self.near).field("remote", &self.remote).finish_non_exhaustive()
    }
}
