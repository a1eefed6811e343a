//! The part of the backend that is about epochs: reading, making, extending and replacing them.
//!
//! An epoch is a key of 16 bytes. It lives for at least as long as the entries that record it, and generously longer,
//! so that extending is rare: the server tells everyone of an extension as of any write, and each process reads the
//! number once again. None lives for ever on account of a finite life, so tags of many values leave nothing behind.

use std::time::Duration;

use cache_core::{BackendError, Epoch, EpochName, Life};
use redis::{Pipeline, RedisError, RedisResult, Value};

use super::backend::Redis;
use super::command;
use super::link::{Link, now};
use super::near::Known;

/// The shortest life that an epoch is given.
const SHORTEST: Duration = Duration::from_secs(3_600);

impl Redis {
    /// The reply of `get`, and the epochs of `watch` as they are after it, in one round trip.
    pub(super) async fn get_with_epochs(
        &self,
        link: &Link,
        get: redis::Cmd,
        watch: &[EpochName<'_>],
    ) -> RedisResult<(Value, Vec<Option<Epoch>>)> {
        let tickets = link.near.expect(watch.iter());
        let mut pipeline = Pipeline::with_capacity(2);
        pipeline.add_command(get);
        if watch.is_empty() {
            let mut replies = link.requests(&pipeline).await?.into_iter();
            return Ok((replies.next().unwrap_or(Value::Nil), Vec::new()));
        }
        pipeline.add_command(self.get_epochs(watch.iter()));
        let mut replies = link.requests(&pipeline).await?.into_iter();
        let (Some(value), Some(numbers), None) = (replies.next(), replies.next(), replies.next()) else {
            return Err(command::unexpected(&Value::Array(Vec::new())));
        };
        let epochs = read_all(numbers, watch.len())?;
        for ((name, ticket), epoch) in watch.iter().zip(tickets).zip(&epochs) {
            link.near.learn(name, ticket, *epoch);
        }
        Ok((value, epochs))
    }

    /// The epochs of `names`: what is `known` of them, the others read of the server.
    pub(super) async fn current_epochs(
        &self,
        link: &Link,
        names: &[EpochName<'_>],
        mut known: Vec<Known>,
    ) -> RedisResult<Vec<Option<Epoch>>> {
        let missing: Vec<usize> = (0..names.len()).filter(|&index| known[index].is_none()).collect();
        if missing.is_empty() {
            return Ok(known.into_iter().map(Option::flatten).collect());
        }
        let asked = || missing.iter().map(|&index| &names[index]);
        let tickets = link.near.expect(asked());
        let reply = link.request(&self.get_epochs(asked())).await?;
        for ((&index, ticket), epoch) in missing.iter().zip(tickets).zip(read_all(reply, missing.len())?) {
            link.near.learn(&names[index], ticket, epoch);
            known[index] = Some(epoch);
        }
        Ok(known.into_iter().map(Option::flatten).collect())
    }

    /// The epochs of `names`, made where there are none. Those that are near and live long enough cost nothing.
    ///
    /// A number that is near may have been replaced a moment ago. What is stored with it is then a miss from the
    /// start, which is what it has to be.
    pub(super) async fn ensure_epochs(&self, names: &[EpochName<'_>], life: Life) -> Result<Vec<Epoch>, BackendError> {
        const OPERATION: &str = "make epochs";
        let link = self.link(OPERATION).await?;
        let until = life.ends(now());
        let tracked = link.near.is_tracked();
        let mut epochs: Vec<Option<Epoch>> =
            names.iter().map(|name| link.near.living(name, until).filter(|_| tracked)).collect();
        // A slot that holds something else than an epoch is overwritten by the second attempt.
        for overwrite in [false, true] {
            let missing: Vec<&EpochName<'_>> =
                names.iter().zip(&epochs).filter(|(_, epoch)| epoch.is_none()).map(|(name, _)| name).collect();
            let found =
                self.make(&link, &missing, life, overwrite).await.map_err(|error| self.failed(OPERATION, &error))?;
            for (slot, epoch) in epochs.iter_mut().filter(|epoch| epoch.is_none()).zip(found) {
                *slot = epoch;
            }
            if let Some(epochs) = epochs.iter().copied().collect() {
                return Ok(epochs);
            }
        }
        Err(self.target().error(OPERATION, "an epoch was gone as soon as it was made; give the server more memory"))
    }

    /// Makes `names` where there are none and makes them live long enough, in one round trip.
    async fn make(
        &self,
        link: &Link,
        names: &[&EpochName<'_>],
        life: Life,
        overwrite: bool,
    ) -> RedisResult<Vec<Option<Epoch>>> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let (life, asked) = (generous(life), now());
        let tickets = link.near.expect(names.iter().copied());
        let mut pipeline = Pipeline::with_capacity(names.len() * 3);
        for name in names {
            let key = self.epoch_key(name);
            let fresh = Epoch::random().to_bytes();
            pipeline.add_command(command::set(&key, &fresh[..], life, !overwrite));
            pipeline.add_command(command::prolong(&key, life));
            pipeline.add_command(command::on("GET", &key[..]));
        }
        let mut replies = link.requests(&pipeline).await?.into_iter();
        let mut found = Vec::with_capacity(names.len());
        for (name, ticket) in names.iter().zip(tickets) {
            let (set, prolonged, number) = (replies.next(), replies.next(), replies.next());
            command::done(set.unwrap_or(Value::Nil))?;
            command::done(prolonged.unwrap_or(Value::Nil))?;
            let epoch = read_one(number.unwrap_or(Value::Nil))?;
            if let Some(epoch) = epoch {
                link.near.lives(name, epoch, life.ends(asked));
            }
            link.near.learn(name, ticket, epoch);
            found.push(epoch);
        }
        Ok(found)
    }

    /// Makes these epochs live for `life` at least. Those that are gone stay gone.
    pub(super) async fn extend_epochs(&self, names: &[EpochName<'_>], life: Life) -> Result<(), BackendError> {
        const OPERATION: &str = "extend epochs";
        let link = self.link(OPERATION).await?;
        let asked = now();
        let short: Vec<&EpochName<'_>> =
            names.iter().filter(|name| link.near.living(name, life.ends(asked)).is_none()).collect();
        if short.is_empty() {
            return Ok(());
        }
        let failed = |error: RedisError| self.failed(OPERATION, &error);
        let life = generous(life);
        let tickets = link.near.expect(short.iter().copied());
        let mut pipeline = Pipeline::with_capacity(short.len() * 2);
        for name in &short {
            let key = self.epoch_key(name);
            pipeline.add_command(command::prolong(&key, life));
            pipeline.add_command(command::on("GET", &key[..]));
        }
        let mut replies = link.requests(&pipeline).await.map_err(failed)?.into_iter();
        for (name, ticket) in short.iter().zip(tickets) {
            let (prolonged, number) = (replies.next(), replies.next());
            command::done(prolonged.unwrap_or(Value::Nil)).map_err(failed)?;
            let epoch = read_one(number.unwrap_or(Value::Nil)).map_err(failed)?;
            if let Some(epoch) = epoch {
                link.near.lives(name, epoch, life.ends(asked));
            }
            link.near.learn(name, ticket, epoch);
        }
        Ok(())
    }

    /// Replaces these epochs. Nothing records the new ones yet, so they begin with the shortest life.
    pub(super) async fn renew_epochs(&self, names: &[EpochName<'_>]) -> Result<(), BackendError> {
        const OPERATION: &str = "renew epochs";
        if names.is_empty() {
            return Ok(());
        }
        let link = self.link(OPERATION).await?;
        let failed = |error: RedisError| self.failed(OPERATION, &error);
        let mut pipeline = Pipeline::with_capacity(names.len());
        for name in names {
            let fresh = Epoch::random().to_bytes();
            pipeline.add_command(command::set(&self.epoch_key(name), &fresh[..], Life::of(SHORTEST), false));
        }
        let replies = link.requests(&pipeline).await.map_err(failed)?;
        // The server's message about this write comes behind its reply; this process does not wait for it.
        link.near.forget(names.iter());
        replies.into_iter().try_for_each(command::done).map_err(failed)
    }

    fn get_epochs<'a>(&self, names: impl Iterator<Item = &'a EpochName<'a>>) -> redis::Cmd {
        command::on("MGET", names.map(|name| self.epoch_key(name)).collect::<Vec<_>>())
    }
}

/// Twice the life, so that it is rarely extended.
fn generous(life: Life) -> Life {
    match life.millis() {
        Some(millis) => Life::of(Duration::from_millis(millis.saturating_mul(2)).max(SHORTEST)),
        None => Life::FOREVER,
    }
}

/// The epoch in a reply; whatever else it holds is none.
fn read_one(reply: Value) -> RedisResult<Option<Epoch>> {
    Ok(command::held(reply)?.and_then(|bytes| Epoch::from_bytes(&bytes)))
}

fn read_all(reply: Value, expected: usize) -> RedisResult<Vec<Option<Epoch>>> {
    command::array(reply, expected)?.into_iter().map(read_one).collect()
}
