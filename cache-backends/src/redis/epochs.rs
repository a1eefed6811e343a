//! The part of the backend that is about epochs: reading, making, extending and replacing them.
//!
//! An epoch is a key of 16 bytes. It lives for at least as long as the entries that record it, and generously longer,
//! so that extending is rare: the server tells everyone of an extension as of any write, and each process reads the
//! number once again. None lives for ever on account of a finite life, so tags of many values leave nothing behind.

use std::time::Duration;

use cache_core::{BackendError, Epoch, EpochName, Life};
use redis::{RedisResult, Value};

use super::backend::Redis;
use super::behind::before_and_behind;
use super::command;
use super::exchange::{Command, Replies};
use super::link::now;
use super::near::Known;
use super::servers::{Failure, Routed};

/// The shortest life that an epoch is given.
const SHORTEST: Duration = Duration::from_secs(3_600);

impl Redis {
    /// The replies of `first`, and the epochs of `watch` as they are after them; in one round trip where one server has
    /// all keys.
    pub(super) async fn get_with_epochs(
        &self,
        mut first: Vec<Routed>,
        watch: &[EpochName<'_>],
    ) -> Result<(Replies, Vec<Option<Epoch>>), Failure> {
        if watch.is_empty() || !self.servers.is_one() {
            // Another server may be ahead of the first one: it is asked when that one has answered.
            let replies = self.servers.requests(&first).await?;
            let known = self.near.get(watch);
            return Ok((replies, self.current_epochs(watch, known).await?));
        }
        let tickets = self.near.expect(watch.iter());
        let count = first.len();
        first.push(Routed::new(&[], self.get_epochs(watch.iter())));
        let mut replies = self.servers.requests(&first).await?;
        let Some(numbers) = replies.pop().filter(|_| replies.len() == count) else {
            return Err(command::unexpected(&Value::Array(Vec::new())).into());
        };
        let epochs = read_all(numbers, watch.len())?;
        for ((name, ticket), epoch) in watch.iter().zip(tickets).zip(&epochs) {
            self.near.learn(name, ticket, *epoch);
        }
        Ok((replies, epochs))
    }

    /// The epochs of `names`: what is `known` of them, the others read of the server.
    pub(super) async fn current_epochs(
        &self,
        names: &[EpochName<'_>],
        mut known: Vec<Known>,
    ) -> Result<Vec<Option<Epoch>>, Failure> {
        let missing: Vec<usize> = (0..names.len()).filter(|&index| known[index].is_none()).collect();
        if missing.is_empty() {
            return Ok(known.into_iter().map(Option::flatten).collect());
        }
        let asked = || missing.iter().map(|&index| &names[index]);
        self.connected(&names[missing[0]]).await?;
        let tickets = self.near.expect(asked());
        let found = if self.servers.is_one() {
            read_all(self.servers.request(&[], &self.get_epochs(asked())).await?, missing.len())?
        } else {
            let keys: Vec<Vec<u8>> = asked().map(|name| self.epoch_key(name)).collect();
            let gets: Vec<Routed> = keys.iter().map(|key| Routed::new(key, command::on("GET", &key[..]))).collect();
            let replies = self.servers.requests(&gets).await?;
            replies.into_iter().map(read_one).collect::<RedisResult<Vec<_>>>()?
        };
        for ((&index, ticket), epoch) in missing.iter().zip(tickets).zip(found) {
            self.near.learn(&names[index], ticket, epoch);
            known[index] = Some(epoch);
        }
        Ok(known.into_iter().map(Option::flatten).collect())
    }

    /// The epochs of `names` if all are near and live long enough.
    pub(super) fn all_living(&self, names: &[EpochName<'_>], life: Life) -> Option<Vec<Epoch>> {
        self.near.all_living(names, life.ends(now()))
    }

    /// Whether all of `names` are near and live for `life`, as long as they have the numbers that are near.
    pub(super) fn all_live(&self, names: &[EpochName<'_>], life: Life) -> bool {
        self.near.all_live(names, life.ends(now()))
    }

    /// The number of `name` where it is known by the server's messages and lives until then.
    fn living(&self, name: &EpochName<'_>, until: u64) -> Option<Epoch> {
        self.near.living(name, until).filter(|_| self.near.is_tracked())
    }

    /// The epochs of `names`, made where there are none. Those that are near and live long enough cost nothing.
    ///
    /// A number that is near may have been replaced a moment ago. What is stored with it is then a miss from the
    /// start, which is what it has to be.
    pub(super) async fn ensure_epochs(&self, names: &[EpochName<'_>], life: Life) -> Result<Vec<Epoch>, BackendError> {
        const OPERATION: &str = "make epochs";
        let until = life.ends(now());
        let tracked = self.near.is_tracked();
        let living = |name| self.living(name, until);
        let mut epochs: Vec<Option<Epoch>> = names.iter().map(living).collect();
        // One that lives for long enough was perhaps only heard of, as when its life was extended. Extending it again would
        // have everyone hear of it again.
        if tracked && epochs.iter().any(Option::is_none) {
            let known = self.near.get(names);
            self.current_epochs(names, known).await.map_err(|error| self.failed(OPERATION, &error))?;
            epochs = names.iter().map(living).collect();
        }
        // A slot that holds something else than an epoch is overwritten by the second attempt.
        for overwrite in [false, true] {
            let missing: Vec<&EpochName<'_>> =
                names.iter().zip(&epochs).filter(|(_, epoch)| epoch.is_none()).map(|(name, _)| name).collect();
            let found = self.make(&missing, life, overwrite).await.map_err(|error| self.failed(OPERATION, &error))?;
            for (slot, epoch) in epochs.iter_mut().filter(|epoch| epoch.is_none()).zip(found) {
                *slot = epoch;
            }
            if let Some(epochs) = epochs.iter().copied().collect() {
                return Ok(epochs);
            }
        }
        Err(self.target.error(OPERATION, "an epoch was gone as soon as it was made; give the server more memory"))
    }

    /// Makes `names` where there are none and makes them live long enough, in one round trip.
    async fn make(&self, names: &[&EpochName<'_>], life: Life, overwrite: bool) -> Result<Vec<Option<Epoch>>, Failure> {
        let life = generous(life);
        self.read_after(names, life, |key| {
            let fresh = Epoch::random().to_bytes();
            vec![command::set(key, &fresh[..], life, !overwrite), command::prolong(key, life)]
        })
        .await
    }

    /// Makes these epochs live for `life` at least. Those that are gone stay gone.
    pub(super) async fn extend_epochs(&self, names: &[EpochName<'_>], life: Life) -> Result<(), BackendError> {
        let asked = now();
        let short: Vec<&EpochName<'_>> =
            names.iter().filter(|name| self.near.living(name, life.ends(asked)).is_none()).collect();
        let life = generous(life);
        let extended = self.read_after(&short, life, |key| vec![command::prolong(key, life)]).await;
        extended.map(drop).map_err(|error| self.failed("extend epochs", &error))
    }

    /// What `names` hold after these commands, which make them live for `life`.
    async fn read_after(
        &self,
        names: &[&EpochName<'_>],
        life: Life,
        before: impl Fn(&[u8]) -> Vec<Command>,
    ) -> Result<Vec<Option<Epoch>>, Failure> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        self.connected(names[0]).await?;
        let asked = now();
        let tickets = self.near.expect(names.iter().copied());
        let mut commands = Vec::with_capacity(names.len() * 3);
        for name in names {
            let key = self.epoch_key(name);
            commands.extend(before(&key).into_iter().map(|command| Routed::new(&key, command)));
            commands.push(Routed::new(&key, command::on("GET", &key[..])));
        }
        let replies = self.servers.requests(&commands).await?;
        let mut found = Vec::with_capacity(names.len());
        for ((name, ticket), replies) in names.iter().zip(tickets).zip(replies.chunks(commands.len() / names.len())) {
            let Some((number, done)) = replies.split_last() else { break };
            done.iter().cloned().try_for_each(command::done)?;
            let epoch = read_one(number.clone())?;
            if let Some(epoch) = epoch {
                self.near.lives(name, epoch, life.ends(asked));
            }
            self.near.learn(name, ticket, epoch);
            found.push(epoch);
        }
        Ok(found)
    }

    /// Replaces these epochs. Nothing records the new ones yet, so they begin with the shortest life.
    pub(super) async fn renew_epochs(&self, names: &[EpochName<'_>]) -> Result<(), BackendError> {
        if names.is_empty() {
            return Ok(());
        }
        let renewals = names.iter().map(|name| {
            let (key, fresh) = (self.epoch_key(name), Epoch::random().to_bytes());
            Routed::new(&key, command::set(&key, &fresh[..], Life::of(SHORTEST), false))
        });
        let renewals: Vec<Routed> = renewals.collect();
        // Whatever becomes of it: what is near must not outlive it. Before, so that nothing is given meanwhile; and behind
        // it, since the server's message about this write comes behind its reply.
        let _forgetting = self.forgetting(names);
        let replies = self.servers.requests(&renewals).await;
        let done = replies.and_then(|replies| Ok(replies.into_iter().try_for_each(command::done)?));
        done.map_err(|error| self.failed("renew epochs", &error))
    }

    /// Forgets what is near of these epochs, now and when it is dropped.
    pub(super) fn forgetting<'a>(&'a self, names: &'a [EpochName<'a>]) -> impl Drop + 'a {
        before_and_behind(|| self.near.forget(names.iter()))
    }

    /// Whether the server sends messages about `name` is known when this ends.
    async fn connected(&self, name: &EpochName<'_>) -> Result<(), Failure> {
        if self.near.is_tracked() { Ok(()) } else { self.servers.connect(&self.epoch_key(name)).await }
    }

    fn get_epochs<'a>(&self, names: impl Iterator<Item = &'a EpochName<'a>>) -> Command {
        Command::new("MGET").args(names.map(|name| self.epoch_key(name)))
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
