//! [`Backend`] on a server or a cluster: slots are keys, lives are the server's own.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cache_core::key::Key;
use cache_core::{
    Backend, BackendError, Epoch, EpochName, Lead, Life, Look, Pattern, Reply, Seen, Slot, Stored, When, pinned,
};

use super::behind::before_and_behind;
use super::builder::RedisBuilder;
use super::connect::Target;
use super::envelope::Envelope;
use super::exchange::Command;
use super::lead::Leads;
use super::near::Near;
use super::puts::only_if_empty;
use super::runtime::Runtime;
use super::servers::{Failure, Servers};
use super::sweep;

/// How long the names of most slots are, at most.
const USUAL: usize = 96;

/// The handler on a Redis (6 or newer) or Valkey server or cluster, made by [`Redis::builder`].
///
/// It connects when it is first used, over one connection to each server that all callers share, and comes back by itself
/// after a server was away. A hit is one `GET`.
///
/// ```
/// use cache_backends::Redis;
/// use std::time::Duration;
///
/// let redis = Redis::builder().url("redis://localhost:6379/0").prefix("shop:").timeout(Duration::from_millis(250));
/// ```
pub struct Redis {
    pub(super) target: Arc<Target>,
    pub(super) servers: Arc<Servers>,
    pub(super) near: Arc<Near>,
    pub(super) runtime: Arc<Runtime>,
    pub(super) envelope: Envelope,
    pub(super) leads: Leads,
    /// Whether a server does not know `SET .. GET`, which came with Redis 6.2.
    pub(super) is_old: AtomicBool,
}

impl Redis {
    /// A handler on `localhost:6379`, db 0, with the prefix `cache:`, until it is told otherwise.
    pub fn builder() -> RedisBuilder {
        RedisBuilder::default()
    }

    /// The error of `operation` that `failure` is.
    pub(super) fn failed(&self, operation: &str, failure: &Failure) -> BackendError {
        self.target.failed(operation, failure)
    }

    /// The key of a slot.
    pub(super) fn key(&self, slot: &Slot<'_>) -> Vec<u8> {
        let mut key = Vec::with_capacity(self.target.prefix.len() + USUAL);
        self.write_key(slot, &mut key);
        key
    }

    fn write_key(&self, slot: &Slot<'_>, out: &mut Vec<u8>) {
        out.extend_from_slice(self.target.prefix.as_bytes());
        slot.write_text(out);
    }

    /// Begins the command of this name on a slot, with room for so many bytes more. The slot's key is written into the command only:
    /// [`Command::key`].
    pub(super) fn begin_on(&self, name: &str, slot: &Slot<'_>, room: usize) -> Command {
        let mut command = Command::with_room(name, self.target.prefix.len() + USUAL + room);
        command.push_by(|out| self.write_key(slot, out));
        command
    }

    pub(super) fn epoch_key(&self, name: &EpochName<'_>) -> Vec<u8> {
        self.key(&Slot::Epoch(name))
    }

    /// Whether the servers say what happens to keys.
    #[cfg(feature = "ram")]
    pub(crate) fn is_tracked(&self) -> bool {
        self.near.is_tracked()
    }

    #[cfg(feature = "ram")]
    pub(crate) fn servers(&self) -> &Arc<Servers> {
        &self.servers
    }

    /// Where tasks are given to the handler's thread, if it can be had.
    #[cfg(feature = "ram")]
    pub(crate) fn handle(&self) -> Option<tokio::runtime::Handle> {
        self.runtime.handle().ok()
    }

    /// What is in memory of `key` counts no more: from now on, and again when this is dropped, which is when it was written
    /// or may have been.
    pub(super) fn striking<'a>(&'a self, key: &'a [u8]) -> impl Drop + 'a {
        before_and_behind(|| self.near.strike_key(key))
    }
}

/// What the future that `make` gives comes to, beyond tokio's budget for one turn of a task: when that is used up nothing of
/// tokio's is ready until the task gives its turn back, which a sync caller never does.
fn pending<'a, T, F>(make: impl FnOnce() -> F) -> Reply<'a, T>
where
    F: Future<Output = Result<T, BackendError>> + Send + 'a,
{
    Reply::Pending(pinned(|| tokio::task::unconstrained(make())))
}

impl Backend for Redis {
    fn get<'a>(&'a self, slots: &'a [Slot<'a>]) -> Reply<'a, Vec<Option<Stored>>> {
        pending(|| async move { self.get_all(slots).await.map_err(|error| self.failed("get", &error)) })
    }

    fn put<'a>(&'a self, slot: Slot<'a>, stored: Option<Stored>, life: Life, when: When<'a>) -> Reply<'a, bool> {
        let bytes = match stored {
            Some(Stored::Bytes(bytes)) => Some(bytes),
            Some(Stored::Object(_)) => {
                return Reply::ready(Err(self.target.error("put", "this handler keeps bytes only")));
            }
            None => None,
        };
        let bytes = match (slot, bytes, only_if_empty(&when)) {
            (Slot::Entry(key), Some(bytes), Some(only_if_empty)) if !life.is_none() => {
                return pending(|| self.set_entry(key, bytes, life, only_if_empty));
            }
            (_, bytes, _) => bytes,
        };
        pending(|| async move {
            match slot {
                Slot::Epoch(name) => {
                    let _forgetting = self.forgetting(std::slice::from_ref(name));
                    self.put_bytes(&slot, bytes, life, when).await
                }
                Slot::Entry(_) => self.put_bytes(&slot, bytes, life, when).await,
            }
        })
    }

    fn remove_matching<'a>(&'a self, pattern: &'a Pattern) -> Reply<'a, ()> {
        pending(|| async move {
            let _striking = self.near.striking_everything();
            sweep::matching(self, pattern).await
        })
    }

    /// A sweep that takes longer than a moment goes on behind the caller. Entries that are stored while it runs may
    /// go too, which makes misses.
    fn reclaim(&self) -> Reply<'_, ()> {
        pending(|| async move {
            let _striking = self.near.striking_everything();
            sweep::everything(self).await
        })
    }

    fn keeps_time(&self) -> bool {
        true
    }

    fn look<'a>(&'a self, key: &'a Key<'a>, watch: &'a [EpochName<'a>]) -> Reply<'a, Look> {
        pending(|| async move { self.look_up(key, watch).await.map_err(|error| self.failed("look", &error)) })
    }

    fn holds<'a>(&'a self, key: &'a Key<'a>, seen: &'a Seen) -> Reply<'a, bool> {
        pending(|| async move { self.still_holds(key, seen).await.map_err(|error| self.failed("look again", &error)) })
    }

    fn swap<'a>(&'a self, key: &'a Key<'a>, stored: Stored, life: Life) -> Reply<'a, Option<Option<Stored>>> {
        pending(|| self.put_and_get(key, stored, life))
    }

    fn swaps(&self) -> bool {
        !self.is_old.load(Ordering::Relaxed)
    }

    fn current<'a>(&'a self, names: &'a [EpochName<'a>]) -> Reply<'a, Vec<Option<Epoch>>> {
        pending(|| async move {
            let known = if self.servers.near_counts() { self.near.get(names) } else { vec![None; names.len()] };
            self.current_epochs(names, known).await.map_err(|error| self.failed("read epochs", &error))
        })
    }

    fn epochs<'a>(&'a self, names: &'a [EpochName<'a>], life: Life) -> Reply<'a, Vec<Epoch>> {
        match self.all_living(names, life) {
            Some(epochs) => Reply::ready(Ok(epochs)),
            None => pending(|| self.ensure_epochs(names, life)),
        }
    }

    fn extend<'a>(&'a self, names: &'a [EpochName<'a>], life: Life) -> Reply<'a, ()> {
        if self.all_live(names, life) { Reply::ready(Ok(())) } else { pending(|| self.extend_epochs(names, life)) }
    }

    fn renew<'a>(&'a self, names: &'a [EpochName<'a>]) -> Reply<'a, ()> {
        pending(|| self.renew_epochs(names))
    }

    fn invalidate<'a>(&'a self, key: &'a Key<'a>, tombstone: Stored, life: Life) -> Reply<'a, ()> {
        pending(|| async move {
            let Stored::Bytes(tombstone) = tombstone else {
                return Err(self.target.error("invalidate", "this handler keeps bytes only"));
            };
            let bury = self.bury(key, &tombstone, life).await;
            bury.map_err(|error| self.failed("invalidate", &error))
        })
    }

    fn lead<'a>(&'a self, key: &'a Key<'a>, seen: &'a Seen, patience: std::time::Duration) -> Reply<'a, Lead> {
        pending(|| async move {
            self.ask_to_lead(key, seen, patience).await.map_err(|error| self.failed("ask who runs", &error))
        })
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis")
            .field("server", &self.target.label)
            .field("prefix", &self.target.prefix)
            .finish_non_exhaustive()
    }
}
