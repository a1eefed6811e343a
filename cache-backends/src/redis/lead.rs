//! The right to run a key among all processes on the server: a lock beside the key's slot, with a token and an end.
//!
//! One script looks whether the slot still holds what was seen and takes the lock. It is renewed while the run lives, and
//! given back behind it; whoever waits is told of that by the server's message about the lock. A process that ends leaves
//! its lock to its end. Nothing rests on any of it but how many run: a commit compares the slot with what was seen.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cache_core::key::Key;
use cache_core::{Clock, Epoch, Lead, Lease, Seen, Slot, within};
use redis::Value;
use tokio::sync::oneshot;

use super::backend::Redis;
use super::cluster::tag;
use super::command::{self, Leading};
use super::exchange::Process;
use super::link::now;
use super::servers::{Failure, Servers};

/// How long a lock lasts that is not renewed any more, and how often it is.
const LASTS: Duration = Duration::from_secs(1);
const RENEWED: Duration = Duration::from_millis(300);

/// How long it takes until a waiter asks again whom no message came to: where there are messages, and where there are none.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_millis(25));

/// The locks that this process has or asks for.
#[derive(Clone, Debug, Default)]
pub(super) struct Leads(Arc<Mutex<HashSet<Vec<u8>>>>);

/// A lock of this process, until it is dropped.
struct Held {
    leads: Leads,
    lock: Vec<u8>,
}

impl Leads {
    /// `None` where this process has it, or asks for it.
    fn hold(&self, lock: &[u8]) -> Option<Held> {
        let is_new = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(lock.to_vec());
        is_new.then(|| Held { leads: self.clone(), lock: lock.to_vec() })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.leads.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.lock);
    }
}

/// What asking once came to.
enum Asked {
    Granted,
    Changed,
    /// The slot never holds what is stored there.
    Foreign,
    /// Another one has it, for so long unless it is renewed.
    Taken(Duration),
}

impl Redis {
    /// See [`cache_core::Backend::lead`].
    pub(super) async fn ask_to_lead(&self, key: &Key<'_>, seen: &Seen, patience: Duration) -> Result<Lead, Failure> {
        let slot = self.key(&Slot::Entry(key));
        let lock = lock_of(&self.target.prefix, &slot);
        let is_comparable = seen.is_nothing() || seen.bytes().is_some();
        if !is_comparable || !self.servers.keeps_together(&slot, &lock) {
            return Ok(Lead::Unshared);
        }
        let Some(held) = self.leads.hold(&lock) else { return Ok(Lead::Unshared) };
        let place = self.near.waiters.join(&lock);
        let token = Epoch::random().to_bytes();
        let ends = now().saturating_add(u64::try_from(patience.as_millis()).unwrap_or(u64::MAX));
        loop {
            // A message that comes after this is not missed.
            let message = place.message();
            let left = match self.try_to_lead(&slot, &lock, seen, &token).await? {
                Asked::Granted => return Ok(self.granted(held, token).map_or(Lead::Unshared, Lead::Unchanged)),
                Asked::Changed => return Ok(Lead::Changed),
                Asked::Foreign => return Ok(Lead::Unshared),
                Asked::Taken(left) => left,
            };
            let patience = Duration::from_millis(ends.saturating_sub(now()));
            if patience.is_zero() {
                return Ok(Lead::Changed);
            }
            let pause = if self.near.is_tracked() { PAUSES.0 } else { PAUSES.1 };
            if within(&Clock::system(), left.min(pause).min(patience), message).await.is_some() {
                // Mostly its run has ended: looking at once is a round trip less than asking for the lock before that.
                return Ok(Lead::Changed);
            }
        }
    }

    async fn try_to_lead(&self, slot: &[u8], lock: &[u8], seen: &Seen, token: &[u8; 16]) -> Result<Asked, Failure> {
        let leading = Leading { slot, lock, seen: seen.bytes(), token, lasts: LASTS };
        let unanswered = Unanswered { redis: self, lock, token, owner: Process::current(), is_answered: false };
        let mut reply = self.servers.request(slot, &leading.command(false)).await?;
        if command::wants_text(&reply) {
            reply = self.servers.request(slot, &leading.command(true)).await?;
        }
        unanswered.end();
        match reply {
            Value::Int(0) => Ok(Asked::Changed),
            Value::Int(-1) => Ok(Asked::Granted),
            Value::Int(-2) => Ok(Asked::Foreign),
            Value::Int(left) => Ok(Asked::Taken(Duration::from_millis(u64::try_from(left).unwrap_or(1).max(1)))),
            Value::ServerError(error) => Err(Failure::Failed(error.into())),
            other => Err(command::unexpected(&other).into()),
        }
    }

    /// The lease of a lock that was taken; `None` when the handler is being dropped.
    fn granted(&self, held: Held, token: [u8; 16]) -> Option<Lease> {
        let (alive, ended) = oneshot::channel::<()>();
        let servers = Arc::clone(&self.servers);
        self.runtime.handle().ok()?.spawn(keep(servers, held.lock.clone(), token, ended));
        Some(Lease::new((alive, held)))
    }
}

/// A lock that was asked for, until the answer is here. A caller who leaves before that, or whose answer is lost, may have it.
struct Unanswered<'a> {
    redis: &'a Redis,
    lock: &'a [u8],
    token: &'a [u8; 16],
    owner: Process,
    is_answered: bool,
}

impl Unanswered<'_> {
    fn end(mut self) {
        self.is_answered = true;
    }
}

impl Drop for Unanswered<'_> {
    fn drop(&mut self) {
        // The child of a fork has asked for nothing.
        if self.is_answered || !self.owner.is_current() {
            return;
        }
        let Ok(handle) = self.redis.runtime.handle() else { return };
        let (servers, lock, token) = (Arc::clone(&self.redis.servers), self.lock.to_vec(), *self.token);
        // Behind what it was asked for by, as that has been queued.
        handle.spawn(async move { give_back(&servers, &lock, &token).await });
    }
}

async fn give_back(servers: &Servers, lock: &[u8], token: &[u8]) {
    // What fails ends by itself, and there is nobody to be told.
    let _ = servers.request(lock, &command::unlock(lock, token)).await;
}

/// Renews a lock until its lease ends, and gives it back then.
async fn keep(servers: Arc<Servers>, lock: Vec<u8>, token: [u8; 16], mut ended: oneshot::Receiver<()>) {
    while tokio::time::timeout(RENEWED, &mut ended).await.is_err() {
        // What fails is tried again, and there is nobody to be told.
        let _ = servers.request(&lock, &command::renew_lock(&lock, &token, LASTS)).await;
    }
    give_back(&servers, &lock, &token).await;
}

/// The lock of a slot, which a cluster keeps on the same server. (Of a key that has a `}` and no hash tag it does not; such keys
/// are run by everyone there.)
fn lock_of(prefix: &str, slot: &[u8]) -> Vec<u8> {
    let has_tag = tag(slot).len() < slot.len();
    let (before, name, behind): (_, _, &[u8]) = if has_tag {
        (&b"l:"[..], slot.strip_prefix(prefix.as_bytes()).unwrap_or(slot), &[])
    } else {
        (&b"l:{"[..], slot, b"}")
    };
    [prefix.as_bytes(), before, name, behind].concat()
}

#[cfg(test)]
mod tests {
    use super::super::cluster::slot;
    use super::*;

    #[test]
    fn a_lock_is_in_the_hash_slot_of_what_it_is_for() {
        for (prefix, key) in [
            ("cache:", &b"cache:f:0:users:7"[..]),
            ("cache:", b"cache:k:{user}:7"),
            ("{app}:", b"{app}:k:a"),
            ("cache:", b"cache:k:a{"),
        ] {
            assert_eq!(slot(&lock_of(prefix, key)), slot(key), "{}", String::from_utf8_lossy(key));
        }
        assert_eq!(lock_of("c:", b"c:k:a"), b"c:l:{c:k:a}");
    }
}
