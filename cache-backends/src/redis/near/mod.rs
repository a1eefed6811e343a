//! What this process keeps near of what is on the server, true by the server's own messages.
//!
//! `CLIENT TRACKING` in broadcast mode makes a server send, on the connection that asked for it, the name of every key
//! under a prefix that is written, expires or is evicted, in one stream with the replies. Whoever reads the stream calls
//! [`Near::hear`], in the order of the stream and before a later reply is given out (see `exchange/line`). A server sends its messages before
//! it acknowledges the writes that they are about (`beforeSleep` in its `server.c`). So once a reply is here, everything
//! has been heard of what the same server had acknowledged when it was asked.
//!
//! Messages count while every server that has keys of this handler sends them. When a connection is lost, nothing that is
//! near counts any more, and what is read counts again once all servers send messages again.
//!
//! | file | what is near |
//! |---|---|
//! | `epochs` | the epochs themselves |
//! | `stamps` | whether anything was said of a key since it was read, for values in memory ([`crate::Tiered`]) |
//! | `waiters` | who waits for the end of another process's run |

mod epochs;
#[cfg_attr(not(feature = "ram"), allow(dead_code, reason = "for values in memory"))]
mod stamps;
mod waiters;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use cache_core::{Epoch, EpochName};
use redis::{PushKind, Value};

use super::behind::behind;
use epochs::Epochs;
pub(super) use epochs::{All, Known, Ticket};
pub(super) use stamps::{Stamp, Stamps};
pub(super) use waiters::Waiters;

/// Which connection is kept up: to a server, again and again.
pub(super) type WireId = u64;

/// See the module.
#[derive(Debug)]
pub(super) struct Near {
    /// The handler's prefix, which the names in messages begin with.
    prefix: Box<[u8]>,
    trust: Mutex<Trust>,
    /// Whether messages count.
    tracked: AtomicBool,
    /// A number that changes when all that was read before counts no more.
    era: AtomicU64,
    epochs: Epochs,
    /// For values in memory, where there are any.
    pub(super) stamps: Option<Stamps>,
    pub(super) waiters: Waiters,
}

/// Which servers send messages, of those that have to.
#[derive(Debug, Default)]
struct Trust {
    needed: BTreeSet<WireId>,
    sending: BTreeSet<WireId>,
}

impl Near {
    /// For keys under `prefix`; with `stamps` where values are kept in memory.
    pub(super) fn new(prefix: &str, stamps: bool) -> Self {
        Self {
            prefix: prefix.as_bytes().into(),
            trust: Mutex::default(),
            tracked: AtomicBool::new(false),
            era: AtomicU64::new(0),
            epochs: Epochs::default(),
            stamps: stamps.then(Stamps::new),
            waiters: Waiters::default(),
        }
    }

    /// What the server is asked to send messages about.
    pub(super) fn prefixes(&self) -> Vec<Vec<u8>> {
        let under = |kind: &str| [&self.prefix, kind.as_bytes()].concat();
        if self.stamps.is_some() { vec![under("")] } else { vec![under("e:"), under("l:")] }
    }

    /// From now on these are the servers that have keys.
    pub(super) fn needs(&self, wires: impl IntoIterator<Item = WireId>) {
        self.change(|trust| {
            let needed: BTreeSet<WireId> = wires.into_iter().collect();
            let changed = needed != trust.needed;
            trust.needed = needed;
            changed
        });
    }

    /// From now on this server sends messages.
    pub(super) fn trust(&self, wire: WireId) {
        self.change(|trust| trust.sending.insert(wire) && trust.needed.contains(&wire));
    }

    /// From now on messages of this server may be missed.
    pub(super) fn distrust(&self, wire: WireId) {
        self.change(|trust| trust.sending.remove(&wire) && trust.needed.contains(&wire));
    }

    /// Whether messages count. `how` gives whether anything changed: then nothing that was read before counts.
    fn change(&self, how: impl FnOnce(&mut Trust) -> bool) {
        let mut trust = self.trust.lock().unwrap_or_else(PoisonError::into_inner);
        if !how(&mut trust) {
            return;
        }
        self.tracked.store(false, Ordering::SeqCst);
        self.epochs.clear();
        if !trust.needed.is_empty() && trust.needed.is_subset(&trust.sending) {
            // In this order: what is from before the loss has another number when it is asked for.
            self.era.fetch_add(1, Ordering::SeqCst);
            self.tracked.store(true, Ordering::SeqCst);
        }
        drop(trust);
        self.waiters.wake_all();
    }

    pub(super) fn is_tracked(&self) -> bool {
        self.tracked.load(Ordering::SeqCst)
    }

    pub(super) fn era(&self) -> u64 {
        self.era.load(Ordering::SeqCst)
    }

    /// What is near of `names`, if all are.
    pub(super) fn all(&self, names: &[EpochName<'_>]) -> Option<All> {
        self.epochs.all(names).filter(|_| self.is_tracked())
    }

    /// Whether that is near now as well: then nothing was heard of these names meanwhile.
    pub(super) fn stands(&self, all: &All) -> bool {
        self.is_tracked() && self.epochs.stands(all)
    }

    /// What is near of `names`.
    pub(super) fn get(&self, names: &[EpochName<'_>]) -> Vec<Known> {
        if self.is_tracked() { self.epochs.get(names) } else { vec![None; names.len()] }
    }

    /// Announces that these names are about to be asked for.
    pub(super) fn expect<'a>(&self, names: impl Iterator<Item = &'a EpochName<'a>>) -> Vec<Ticket> {
        if self.is_tracked() { self.epochs.expect(names) } else { names.map(|_| Ticket::REFUSED).collect() }
    }

    /// Enters what was read under `ticket`, unless a message about it came since.
    pub(super) fn learn(&self, name: &EpochName<'_>, ticket: Ticket, found: Option<Epoch>) {
        if self.is_tracked() {
            self.epochs.learn(name, ticket, found);
        }
    }

    /// What is near under these names is not used any more: they are about to be written, or were.
    pub(super) fn forget<'a>(&self, names: impl Iterator<Item = &'a EpochName<'a>> + Clone) {
        self.epochs.forget(names.clone());
        // In this order: what is read of the table after a stamp was taken down is not from before the strike.
        if let Some(stamps) = &self.stamps {
            names.for_each(|name| stamps.strike_epoch(name.text()));
        }
    }

    /// Remembers that the epoch lives until `until` at least, as long as it has this number.
    pub(super) fn lives(&self, name: &EpochName<'_>, epoch: Epoch, until: u64) {
        self.epochs.lives(name, epoch, until);
    }

    /// The number of `name` if it is known to live until `until`; where the server sends messages, if it is current too.
    pub(super) fn living(&self, name: &EpochName<'_>, until: u64) -> Option<Epoch> {
        self.epochs.living(name, until, self.is_tracked())
    }

    /// The numbers of `names` if all are known to live until `until` and, by the server's messages, to be current.
    pub(super) fn all_living(&self, names: &[EpochName<'_>], until: u64) -> Option<Vec<Epoch>> {
        self.epochs.all_living(names, until, true).filter(|_| self.is_tracked())
    }

    /// Whether all of `names` are [`Near::living`].
    pub(super) fn all_live(&self, names: &[EpochName<'_>], until: u64) -> bool {
        self.epochs.all_live(names, until, self.is_tracked())
    }

    /// All that is in memory counts no more.
    fn strike_everything(&self) {
        self.era.fetch_add(1, Ordering::SeqCst);
    }

    /// All that is in memory counts no more, when this is dropped.
    pub(super) fn striking_everything(&self) -> impl Drop + '_ {
        behind(|| self.strike_everything())
    }

    /// What is in memory of `key` counts no more.
    pub(super) fn strike_key(&self, key: &[u8]) {
        if let Some(stamps) = &self.stamps {
            stamps.strike_key(key);
        }
    }

    /// Takes in a message of a server. What is not understood means everything.
    pub(super) fn hear(&self, kind: &PushKind, data: &[Value]) {
        if *kind != PushKind::Invalidate {
            return;
        }
        let [Value::Array(names)] = data else {
            // `FLUSHDB` and `FLUSHALL` name no keys.
            return self.hear_of_everything();
        };
        for name in names {
            match name {
                Value::BulkString(name) => self.hear_of(name),
                _ => self.hear_of_everything(),
            }
        }
    }

    fn hear_of_everything(&self) {
        self.epochs.clear_numbers();
        self.strike_everything();
        self.waiters.wake_all();
    }

    /// Names that are not under the prefix are of someone else.
    fn hear_of(&self, key: &[u8]) {
        let Some(slot) = key.strip_prefix(&*self.prefix) else { return };
        match slot {
            [b'e', b':', ..] => {
                let Ok(name) = std::str::from_utf8(slot) else { return };
                self.epochs.take_away(name);
                if let Some(stamps) = &self.stamps {
                    stamps.strike_epoch(name);
                }
            }
            [b'l', b':', ..] => self.waiters.wake(key),
            _ => self.strike_key(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near() -> Near {
        let near = Near::new("p:", true);
        near.needs([1]);
        near.trust(1);
        near
    }

    fn hear(near: &Near, names: &[&str]) {
        let names = names.iter().map(|name| Value::BulkString(name.as_bytes().to_vec())).collect();
        near.hear(&PushKind::Invalidate, &[Value::Array(names)]);
    }

    fn learn(near: &Near, name: &EpochName<'static>) -> Epoch {
        let epoch = Epoch::random();
        let tickets = near.expect(std::iter::once(name));
        near.learn(name, tickets[0], Some(epoch));
        epoch
    }

    #[test]
    fn a_message_takes_away_what_it_names() {
        let (near, a, b) = (near(), EpochName::tag("a"), EpochName::tag("b"));
        learn(&near, &a);
        let epoch = learn(&near, &b);
        hear(&near, &["p:e:t:a", "q:e:t:b"]);
        assert_eq!(near.get(&[a, b]), [None, Some(Some(epoch))]);
    }

    #[test]
    fn a_message_without_names_empties_the_table() {
        let (near, name) = (near(), EpochName::tag("a"));
        learn(&near, &name);
        let era = near.era();
        near.hear(&PushKind::Invalidate, &[Value::Nil]);
        assert_eq!(near.get(&[name]), [None]);
        assert_ne!(near.era(), era);
    }

    #[test]
    fn nothing_counts_until_every_server_sends_messages() {
        let (near, name) = (near(), EpochName::tag("a"));
        learn(&near, &name);
        near.needs([1, 2]);
        assert!(near.all(std::slice::from_ref(&name)).is_none());
        learn(&near, &name);
        assert_eq!(near.get(std::slice::from_ref(&name)), [None]);
        near.trust(2);
        let epoch = learn(&near, &name);
        assert_eq!(near.get(std::slice::from_ref(&name)), [Some(Some(epoch))]);
        let era = near.era();
        near.distrust(1);
        near.trust(1);
        assert_ne!(near.era(), era, "what was read before a loss counts after it");
        assert_eq!(near.get(&[name]), [None]);
    }

    #[test]
    fn a_server_that_has_no_keys_comes_and_goes_unnoticed() {
        let (near, name) = (near(), EpochName::tag("a"));
        let (epoch, era) = (learn(&near, &name), near.era());
        near.trust(2);
        near.distrust(2);
        assert_eq!((near.get(std::slice::from_ref(&name)), near.era()), (vec![Some(Some(epoch))], era));
        near.trust(2);
        near.needs([1, 2]);
        assert_ne!(near.era(), era);
        assert_eq!(near.get(&[name]), [None]);
    }
}
