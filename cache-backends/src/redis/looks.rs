//! The part of the backend that reads entries.

use cache_core::key::Key;
use cache_core::{Epoch, EpochName, Look, Seen, Slot, Stored};
use redis::Value;
use smallvec::SmallVec;

use super::backend::Redis;
use super::command;
use super::exchange::Command;
use super::link::now;
use super::near::{All, Stamp};
use super::servers::{Failure, Routed};

/// What is known of an entry that was read, for values that are kept in memory: whether it still counts can be asked at any
/// time ([`Redis::stands`]).
#[derive(Debug)]
#[cfg_attr(not(feature = "ram"), allow(dead_code, reason = "for values in memory"))]
pub(crate) struct Copied {
    era: u64,
    stamps: SmallVec<[Stamp; 4]>,
    /// When the server was asked, in milliseconds of this process.
    asked: u64,
    /// How long the entry was to live by then, by the server's clock; `None` has no end.
    pub(crate) left: Option<u64>,
    /// Tells this entry from another one under the same key.
    pub(crate) which: u64,
}

#[cfg(feature = "ram")]
impl Copied {
    /// When the entry is over at the latest, in milliseconds of this process.
    pub(crate) fn ends(&self) -> u64 {
        self.left.map_or(u64::MAX, |left| self.asked.saturating_add(left))
    }
}

impl Redis {
    /// The rare ways are boxed, so that the usual one has a small future.
    pub(super) async fn look_up(&self, key: &Key<'_>, watch: &[EpochName<'_>]) -> Result<Look, Failure> {
        let Some(near) = self.near.all(watch).filter(|_| self.near.stamps.is_none()) else {
            return Box::pin(self.look_thoroughly(key, watch)).await;
        };
        let get = self.begin_on("GET", &Slot::Entry(key), 0).asking_for_value();
        let reply = self.servers.reply(get.key(), &get).await?;
        let stand = self.stand_behind_reply(watch, &near);
        let epochs = if stand { near.epochs } else { Box::pin(self.read_behind_reply(watch)).await? };
        let (stored, seen) = self.envelope.look(get.key(), reply)?;
        Ok(Look { stored, seen, epochs, ticket: None })
    }

    /// Where more has to be asked for than the entry.
    async fn look_thoroughly(&self, key: &Key<'_>, watch: &[EpochName<'_>]) -> Result<Look, Failure> {
        let key = &self.key(&Slot::Entry(key));
        if !self.near.is_tracked() {
            self.servers.connect(key).await?;
        }
        // Taken down before anything is asked.
        let copied = self.to_copy(key, watch);
        let mut first = vec![Routed::new(key, command::get(key))];
        first.extend(copied.as_ref().map(|_| Routed::new(key, command::on("PTTL", key))));
        let (replies, epochs) = match self.near.all(watch) {
            Some(near) => {
                let replies = self.servers.requests(&first).await?;
                let stand = self.stand_behind_reply(watch, &near);
                (replies, if stand { near.epochs } else { self.read_behind_reply(watch).await? })
            }
            None => self.get_with_epochs(first, watch).await?,
        };
        let mut replies = replies.into_iter();
        let (stored, seen) = self.envelope.look(key, replies.next().unwrap_or(Value::Nil))?;
        let mut look = Look { stored, seen, epochs, ticket: None };
        if let (Some(mut copied), Some(stamps)) = (copied, &self.near.stamps)
            && let Some((_, head)) = look.seen().bytes()
        {
            copied.which = stamps.number(head);
            copied.left = left_of(replies.next().as_ref());
            look.ticket = Some(Box::new(copied));
        }
        Ok(look)
    }

    /// Whether the epochs are as they were `near` before a reply that is here: by now everything has been heard of what had been
    /// acknowledged when it was asked for.
    fn stand_behind_reply(&self, watch: &[EpochName<'_>], near: &All) -> bool {
        let counts = |name: &EpochName<'_>| self.servers.near_counts_of(|| self.epoch_key(name));
        self.near.stands(near) && watch.iter().all(counts)
    }

    /// The epochs behind a reply where something may have changed meanwhile: what a message took away is asked for.
    async fn read_behind_reply(&self, watch: &[EpochName<'_>]) -> Result<Vec<Option<Epoch>>, Failure> {
        let mut known = self.near.get(watch);
        for (name, known) in watch.iter().zip(&mut known) {
            *known = known.filter(|_| self.servers.near_counts_of(|| self.epoch_key(name)));
        }
        self.current_epochs(watch, known).await
    }

    /// What a look at `key` has to take down, where values are kept in memory and messages count.
    fn to_copy(&self, key: &[u8], watch: &[EpochName<'_>]) -> Option<Copied> {
        let stamps = self.near.stamps.as_ref()?;
        let era = self.near.era();
        if !self.near.is_tracked() {
            return None;
        }
        let of_epochs = watch.iter().map(|name| stamps.of_epoch(name.text()));
        let stamps = std::iter::once(stamps.of_key(key)).chain(of_epochs).collect();
        Some(Copied { era, stamps, asked: now(), left: None, which: 0 })
    }

    /// Whether nothing was said since of what was read.
    #[cfg(feature = "ram")]
    pub(crate) fn stands(&self, copied: &Copied) -> bool {
        let Some(stamps) = &self.near.stamps else { return false };
        self.near.era() == copied.era && copied.stamps.iter().all(|stamp| stamps.stands(*stamp))
    }

    /// What was read of `key` before now counts no more.
    #[cfg(feature = "ram")]
    pub(crate) fn strike(&self, key: &Key<'_>) {
        self.near.strike_key(&self.key(&Slot::Entry(key)));
    }

    pub(super) async fn get_all(&self, slots: &[Slot<'_>]) -> Result<Vec<Option<Stored>>, Failure> {
        if slots.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<Vec<u8>> = slots.iter().map(|slot| self.key(slot)).collect();
        let values = if self.servers.is_one() {
            let reply = self.servers.request(&[], &Command::new("MGET").args(&keys)).await?;
            command::array(reply, slots.len())?
        } else {
            // One behind the other: the servers of a cluster keep no order among each other.
            let mut values = Vec::with_capacity(keys.len());
            for key in &keys {
                values.push(self.servers.request(key, &command::get(&key[..])).await?);
            }
            values
        };
        let held = slots.iter().zip(&keys).zip(values);
        held.map(|((slot, key), value)| Ok(self.envelope.get(slot, key, value)?)).collect()
    }

    pub(super) async fn still_holds(&self, key: &Key<'_>, seen: &Seen) -> Result<bool, Failure> {
        let key = self.key(&Slot::Entry(key));
        let reply = self.servers.request(&key, &command::get(&key[..])).await?;
        Ok(self.envelope.holds(&key, seen, reply)?)
    }
}

/// How long what was read is to live by the reply to `PTTL`; `None` has no end. What was over in between (-2) is over.
fn left_of(reply: Option<&Value>) -> Option<u64> {
    match reply {
        Some(Value::Int(-1)) => None,
        Some(Value::Int(left)) => Some(u64::try_from(*left).unwrap_or(0)),
        _ => Some(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_over_before_its_life_was_asked_for_does_not_live_for_ever() {
        let left = |reply: i64| left_of(Some(&Value::Int(reply)));
        assert_eq!((left(-1), left(-2), left(7)), (None, Some(0), Some(7)));
        assert_eq!(left_of(None), Some(0));
    }
}
