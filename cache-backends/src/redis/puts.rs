//! The part of the backend that writes entries.

use std::sync::atomic::Ordering;
use std::time::Duration;

use cache_core::key::Key;
use cache_core::{BackendError, Epoch, EpochName, Life, Seen, Slot, Stored, TOMBSTONE, When};
use redis::Value;

use super::backend::Redis;
use super::command::{self, Replacement};
use super::servers::Failure;

/// How long what stands for a write that is not decided yet stays where it is not to be, or its process ends meanwhile: as long
/// as a run may last, since it may have taken the place of a tombstone.
const UNDECIDED: Duration = Duration::from_secs(60 * 60);

/// Whether a write is a plain `SET`, of an empty slot only (`true`) or of any; `None` where more has to be compared.
pub(super) const fn only_if_empty(when: &When<'_>) -> Option<bool> {
    match when {
        When::Always => Some(false),
        When::Absent => Some(true),
        When::Unchanged { seen, epoch: None } if seen.is_nothing() => Some(true),
        When::Unchanged { .. } => None,
    }
}

impl Redis {
    /// Puts `bytes` into the slot of `key` by a plain `SET`, as most writes do: its future is small.
    pub(super) async fn set_entry(
        &self,
        key: &Key<'_>,
        bytes: Vec<u8>,
        life: Life,
        only_if_empty: bool,
    ) -> Result<bool, BackendError> {
        const OPERATION: &str = "put";
        if bytes.starts_with(command::TOMBSTONE) {
            // It could not be given back as it is. No frame begins like this.
            return Ok(false);
        }
        let mut set = self.begin_on("SET", &Slot::Entry(key), bytes.len());
        let bytes = self.envelope.wrap(set.key(), bytes).map_err(|what| self.target.error(OPERATION, what))?;
        command::end_set(&mut set, &bytes, life, only_if_empty);
        drop(bytes);
        let _striking = self.striking(set.key());
        let reply = self.servers.reply(set.key(), &set).await.map_err(|error| self.failed(OPERATION, &error))?;
        command::happened(reply).map_err(|error| self.failed(OPERATION, &error.into()))
    }

    /// Puts `bytes`, or empties the slot for `None`.
    pub(super) async fn put_bytes(
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
        let bytes = self.envelope.put(slot, &key, bytes).map_err(|what| self.target.error("put", what))?;
        // What has no life is gone as soon as it is written.
        let write = bytes.as_deref().filter(|_| !life.is_none()).map(|bytes| (bytes, life));
        let _striking = self.striking(&key);
        self.write(&key, write, when).await.map_err(|error| self.failed("put", &error))
    }

    async fn write(&self, key: &[u8], write: Option<(&[u8], Life)>, when: When<'_>) -> Result<bool, Failure> {
        let reply = match (when, write) {
            (When::Always, Some((bytes, life))) => {
                self.servers.request(key, &command::set(key, bytes, life, false)).await?
            }
            (When::Always, None) => {
                command::done(self.servers.request(key, &command::on("UNLINK", key)).await?)?;
                Value::Okay
            }
            (When::Absent, write) => self.put_absent(key, write).await?,
            (When::Unchanged { seen, epoch: None }, write) if seen.is_nothing() => self.put_absent(key, write).await?,
            (When::Unchanged { seen, epoch }, write) => {
                if !seen.is_nothing() && seen.bytes().is_none() {
                    // Seen by a handler of objects: no slot here holds it.
                    return Ok(false);
                }
                let epoch = epoch.map(|(name, epoch)| (self.epoch_key(name), name, epoch));
                let replacement = Replacement { key, seen: seen.bytes(), epoch: None, write };
                match epoch {
                    Some((epoch_key, name, epoch)) if !self.servers.keeps_together(key, &epoch_key) => {
                        return self.replace_apart(replacement, name, epoch).await;
                    }
                    Some((key, _, epoch)) => {
                        self.replace(&Replacement { epoch: Some((key, epoch.to_bytes())), ..replacement }).await?
                    }
                    None => self.replace(&replacement).await?,
                }
            }
        };
        Ok(command::happened(reply)?)
    }

    async fn put_absent(&self, key: &[u8], write: Option<(&[u8], Life)>) -> Result<Value, Failure> {
        match write {
            Some((bytes, life)) => self.servers.request(key, &command::set(key, bytes, life, true)).await,
            None => match self.servers.request(key, &command::on("EXISTS", key)).await? {
                Value::Int(count) => Ok(Value::Int(i64::from(count == 0))),
                other => Ok(other),
            },
        }
    }

    async fn replace(&self, replacement: &Replacement<'_>) -> Result<Value, Failure> {
        let reply = self.servers.request(replacement.key, &replacement.command(false)).await?;
        if command::wants_text(&reply) {
            return self.servers.request(replacement.key, &replacement.command(true)).await;
        }
        Ok(reply)
    }

    /// [`Redis::replace`], if the epoch of patterns still has this number, where that is on another server of a cluster.
    ///
    /// Whoever clears by pattern renews the epoch first and removes what is in the slots then. So first something is put into
    /// the slot that is no entry, then the epoch is asked for, and then the entry takes its place. Either the epoch is a new
    /// one when it is asked for, or the clearing comes behind that, finds what is in the slot and takes it away. What is no
    /// entry says of itself what a tombstone does, to be remembered by what is written over it.
    async fn replace_apart(
        &self,
        replacement: Replacement<'_>,
        name: &EpochName<'_>,
        epoch: Epoch,
    ) -> Result<bool, Failure> {
        let Some(write) = replacement.write else {
            // What empties a slot can come too late for nobody.
            return Ok(command::happened(self.replace(&replacement).await?)?);
        };
        if matches!(self.near.get(std::slice::from_ref(name))[..], [Some(known)] if known != Some(epoch)) {
            return Ok(false);
        }
        let undecided = [TOMBSTONE, &u64::MAX.to_le_bytes(), &Epoch::random().to_bytes()].concat();
        let key = replacement.key;
        let first = Replacement { write: Some((&undecided, Life::of(UNDECIDED))), ..replacement.clone() };
        if !command::happened(self.replace(&first).await?)? {
            return Ok(false);
        }
        let stands = self.current_epochs(std::slice::from_ref(name), vec![None]).await? == [Some(epoch)];
        let seen = Seen::of_bytes(undecided.len(), &undecided);
        if !stands {
            // What was empty is empty again. What was in the slot otherwise is lost, and what is there remembers it.
            if replacement.seen.is_none() {
                self.replace(&Replacement { key, seen: seen.bytes(), epoch: None, write: None }).await?;
            }
            return Ok(false);
        }
        let second = Replacement { key, seen: seen.bytes(), epoch: None, write: Some(write) };
        Ok(command::happened(self.replace(&second).await?)?)
    }

    /// See [`cache_core::Backend::swap`].
    pub(super) async fn put_and_get(
        &self,
        key: &Key<'_>,
        stored: Stored,
        life: Life,
    ) -> Result<Option<Option<Stored>>, BackendError> {
        const OPERATION: &str = "put";
        let slot = Slot::Entry(key);
        let Stored::Bytes(bytes) = stored else {
            return Err(self.target.error(OPERATION, "this handler keeps bytes only"));
        };
        if life.is_none() || bytes.starts_with(command::TOMBSTONE) {
            return Ok(None);
        }
        let key = self.key(&slot);
        let bytes = self.envelope.put(&slot, &key, Some(bytes)).map_err(|what| self.target.error(OPERATION, what))?;
        let _striking = self.striking(&key);
        let command = command::set(&key, &bytes.unwrap_or_default(), life, false).arg("GET");
        let reply = self.servers.reply(&key, &command).await.map_err(|error| self.failed(OPERATION, &error))?;
        if let Some(error) = reply.refusal() {
            if error.details().is_some_and(|details| details.contains("syntax")) {
                self.is_old.store(true, Ordering::Relaxed);
            }
            // Somebody else's key of another type, no memory: nothing was written, and the long way says why.
            return Ok(None);
        }
        let held = self.envelope.held(&key, reply).map_err(|error| self.failed(OPERATION, &error.into()))?;
        Ok(Some(held))
    }

    /// Puts a tombstone into the slot of `key`.
    pub(super) async fn bury(&self, key: &Key<'_>, tombstone: &[u8], life: Life) -> Result<(), Failure> {
        let key = self.key(&Slot::Entry(key));
        let command = if life.is_none() {
            command::on("UNLINK", &key[..])
        } else {
            command::set(&key, &[command::TOMBSTONE, tombstone].concat(), life, false)
        };
        let _striking = self.striking(&key);
        Ok(command::done(self.servers.request(&key, &command).await?)?)
    }
}
