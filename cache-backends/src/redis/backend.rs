//! [`Backend`] on one server: slots are keys, lives are the server's own.

use std::fmt;
use std::sync::Arc;

use cache_core::key::Key;
use cache_core::{Backend, BackendError, Epoch, EpochName, Life, Look, Pattern, Reply, Seen, Slot, Stored, When};
use redis::{Cmd, RedisError, Value};

use super::builder::RedisBuilder;
use super::command::{self, Replacement};
use super::connect::Target;
use super::envelope::Envelope;
use super::link::Link;
use super::sweep;
use super::wire::Wire;

/// The handler on a Redis (6 or newer) or Valkey server, made by [`Redis::builder`].
///
/// It connects when it is first used, over one connection that all callers share, and comes back by itself after the
/// server was away. A hit is one `GET`.
///
/// ```
/// use cache_backends::Redis;
/// use std::time::Duration;
///
/// let redis = Redis::builder().url("redis://localhost:6379/0").prefix("shop:").timeout(Duration::from_millis(250));
/// ```
pub struct Redis {
    wire: Wire,
    envelope: Envelope,
}

impl Redis {
    /// A handler on `localhost:6379`, db 0, with the prefix `cache:`, until it is told otherwise.
    pub fn builder() -> RedisBuilder {
        RedisBuilder::default()
    }

    pub(super) fn new(target: Target, envelope: Envelope) -> Self {
        Self { wire: Wire::new(target), envelope }
    }

    pub(super) fn target(&self) -> &Target {
        &self.wire.target
    }

    pub(super) async fn link(&self, operation: &str) -> Result<Arc<Link>, BackendError> {
        self.wire.link(operation).await
    }

    /// The error of `operation` that `error` is.
    pub(super) fn failed(&self, operation: &str, error: &RedisError) -> BackendError {
        self.target().error(operation, command::explain(error))
    }

    /// The key of a slot.
    pub(super) fn key(&self, slot: &Slot<'_>) -> Vec<u8> {
        self.prefixed(&slot.text())
    }

    pub(super) fn epoch_key(&self, name: &EpochName<'_>) -> Vec<u8> {
        self.prefixed(name.text())
    }

    fn prefixed(&self, text: &str) -> Vec<u8> {
        [self.target().prefix.as_bytes(), text.as_bytes()].concat()
    }

    async fn look_up(&self, key: &Key<'_>, watch: &[EpochName<'_>]) -> Result<Look, BackendError> {
        let link = self.link("look").await?;
        let key = self.key(&Slot::Entry(key));
        let failed = |error: RedisError| self.failed("look", &error);
        let get = command::on("GET", &key[..]);
        let (reply, epochs) = if link.near.has_all(watch) {
            let reply = link.request(&get).await.map_err(failed)?;
            // Read after the reply is here: every message that the server sent before the reply has been heard by
            // now, so these are not older than the value. What a message took away is asked for.
            let known = link.near.get(watch);
            (reply, self.current_epochs(&link, watch, known).await.map_err(failed)?)
        } else {
            self.get_with_epochs(&link, get, watch).await.map_err(failed)?
        };
        let (stored, seen) = self.envelope.look(&key, reply).map_err(failed)?;
        Ok(Look { stored, seen, epochs })
    }

    async fn get_all(&self, slots: &[Slot<'_>]) -> Result<Vec<Option<Stored>>, BackendError> {
        if slots.is_empty() {
            return Ok(Vec::new());
        }
        let link = self.link("get").await?;
        let failed = |error: RedisError| self.failed("get", &error);
        let keys: Vec<Vec<u8>> = slots.iter().map(|slot| self.key(slot)).collect();
        let reply = link.request(&command::on("MGET", &keys)).await.map_err(failed)?;
        let values = command::array(reply, slots.len()).map_err(failed)?;
        let held = slots.iter().zip(&keys).zip(values);
        held.map(|((slot, key), value)| self.envelope.get(slot, key, value).map_err(failed)).collect()
    }

    async fn still_holds(&self, key: &Key<'_>, seen: &Seen) -> Result<bool, BackendError> {
        let key = self.key(&Slot::Entry(key));
        let reply = self.run("look again", &command::on("GET", &key[..])).await?;
        self.envelope.holds(&key, seen, reply).map_err(|error| self.failed("look again", &error))
    }

    /// Puts `bytes`, or empties the slot for `None`.
    async fn put_bytes(
        &self,
        slot: &Slot<'_>,
        bytes: Option<Vec<u8>>,
        life: Life,
        when: When<'_>,
    ) -> Result<bool, BackendError> {
        if bytes.as_ref().is_some_and(|bytes| bytes.starts_with(command::TOMBSTONE)) {
            // It could not be given back as it is. No frame begins like this.
            return Ok(false);
        }
        let key = self.key(slot);
        let bytes = self.envelope.put(slot, &key, bytes).map_err(|what| self.target().error("put", what))?;
        // What has no life is gone as soon as it is written.
        let write = bytes.as_deref().filter(|_| !life.is_none()).map(|bytes| (bytes, life));
        let reply = match (when, write) {
            (When::Always, Some((bytes, life))) => self.run("put", &command::set(&key, bytes, life, false)).await?,
            (When::Always, None) => {
                self.run("put", &command::on("UNLINK", &key[..])).await?;
                Value::Okay
            }
            (When::Absent, write) => self.put_absent(&key, write).await?,
            (When::Unchanged { seen, epoch: None }, write) if seen.is_nothing() => self.put_absent(&key, write).await?,
            (When::Unchanged { seen, epoch }, write) => {
                if !seen.is_nothing() && seen.bytes().is_none() {
                    // Seen by a handler of objects: no slot here holds it.
                    return Ok(false);
                }
                let epoch = epoch.map(|(name, epoch)| (self.epoch_key(name), epoch.to_bytes()));
                self.replace(&Replacement { key: &key, seen: seen.bytes(), epoch, write }).await?
            }
        };
        command::happened(reply).map_err(|error| self.failed("put", &error))
    }

    async fn put_absent(&self, key: &[u8], write: Option<(&[u8], Life)>) -> Result<Value, BackendError> {
        match write {
            Some((bytes, life)) => self.run("put", &command::set(key, bytes, life, true)).await,
            None => match self.run("put", &command::on("EXISTS", key)).await? {
                Value::Int(count) => Ok(Value::Int(i64::from(count == 0))),
                other => Ok(other),
            },
        }
    }

    async fn replace(&self, replacement: &Replacement<'_>) -> Result<Value, BackendError> {
        let reply = self.run("put", &replacement.command(false)).await?;
        if command::wants_text(&reply) {
            return self.run("put", &replacement.command(true)).await;
        }
        Ok(reply)
    }

    async fn run(&self, operation: &str, command: &Cmd) -> Result<Value, BackendError> {
        let link = self.link(operation).await?;
        link.request(command).await.map_err(|error| self.failed(operation, &error))
    }
}

impl Backend for Redis {
    fn get<'a>(&'a self, slots: &'a [Slot<'a>]) -> Reply<'a, Vec<Option<Stored>>> {
        Reply::pending(self.get_all(slots))
    }

    fn put<'a>(&'a self, slot: Slot<'a>, stored: Option<Stored>, life: Life, when: When<'a>) -> Reply<'a, bool> {
        Reply::pending(async move {
            let bytes = match stored {
                Some(Stored::Bytes(bytes)) => Some(bytes),
                Some(Stored::Object(_)) => return Err(self.target().error("put", "this handler keeps bytes only")),
                None => None,
            };
            let written = self.put_bytes(&slot, bytes, life, when).await?;
            if let Slot::Epoch(name) = slot
                && let Ok(link) = self.link("put").await
            {
                link.near.forget(std::iter::once(name));
            }
            Ok(written)
        })
    }

    fn remove_matching<'a>(&'a self, pattern: &'a Pattern) -> Reply<'a, ()> {
        Reply::pending(async move {
            let link = self.link("clear by pattern").await?;
            sweep::matching(link, Arc::clone(&self.wire.target), pattern.clone()).await
        })
    }

    /// A sweep that takes longer than a moment goes on behind the caller. Entries that are stored while it runs may
    /// go too, which makes misses.
    fn reclaim(&self) -> Reply<'_, ()> {
        Reply::pending(async move {
            let link = self.link("reclaim").await?;
            sweep::everything(link, Arc::clone(&self.wire.target)).await
        })
    }

    fn keeps_time(&self) -> bool {
        true
    }

    fn look<'a>(&'a self, key: &'a Key<'a>, watch: &'a [EpochName<'a>]) -> Reply<'a, Look> {
        Reply::pending(self.look_up(key, watch))
    }

    fn holds<'a>(&'a self, key: &'a Key<'a>, seen: &'a Seen) -> Reply<'a, bool> {
        Reply::pending(self.still_holds(key, seen))
    }

    fn current<'a>(&'a self, names: &'a [EpochName<'a>]) -> Reply<'a, Vec<Option<Epoch>>> {
        Reply::pending(async move {
            let link = self.link("read epochs").await?;
            let known = if link.near_counts() { link.near.get(names) } else { vec![None; names.len()] };
            self.current_epochs(&link, names, known).await.map_err(|error| self.failed("read epochs", &error))
        })
    }

    fn epochs<'a>(&'a self, names: &'a [EpochName<'a>], life: Life) -> Reply<'a, Vec<Epoch>> {
        Reply::pending(self.ensure_epochs(names, life))
    }

    fn extend<'a>(&'a self, names: &'a [EpochName<'a>], life: Life) -> Reply<'a, ()> {
        Reply::pending(self.extend_epochs(names, life))
    }

    fn renew<'a>(&'a self, names: &'a [EpochName<'a>]) -> Reply<'a, ()> {
        Reply::pending(self.renew_epochs(names))
    }

    fn invalidate<'a>(&'a self, key: &'a Key<'a>, tombstone: Stored, life: Life) -> Reply<'a, ()> {
        Reply::pending(async move {
            let Stored::Bytes(tombstone) = tombstone else {
                return Err(self.target().error("invalidate", "this handler keeps bytes only"));
            };
            let key = self.key(&Slot::Entry(key));
            let command = if life.is_none() {
                command::on("UNLINK", &key[..])
            } else {
                command::set(&key, [command::TOMBSTONE, &tombstone[..]].concat(), life, false)
            };
            let reply = self.run("invalidate", &command).await?;
            command::done(reply).map_err(|error| self.failed("invalidate", &error))
        })
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis")
            .field("server", &self.target().label)
            .field("prefix", &self.target().prefix)
            .finish_non_exhaustive()
    }
}
