//! The epochs that are kept near: what was read of the server and has not changed since.
//!
//! A table belongs to one connection. `CLIENT TRACKING` in broadcast mode makes the server send on that connection
//! the name of every epoch that is written, expires or is evicted, in one stream with the replies. The client calls
//! [`Near::hear`] from its reader, in the order of the stream and before it hands out the next reply (see
//! `MultiplexedConnection`: `send_result` runs for each item read, and gives a push to the push sender inline). So
//! once the reply of a `GET` is here, every message that the server sent before it has been heard.
//!
//! What is read is entered only if no message about it came since it was asked for: [`Near::expect`] leaves a ticket
//! in the slot, a message takes the ticket away, and [`Near::learn`] needs it to be there still. A connection that is
//! lost takes its table along, and a new one begins empty and unused until tracking is on.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use cache_core::{Epoch, EpochName};
use foldhash::fast::RandomState;
use redis::{PushInfo, PushKind, Value};

/// More names than this are not kept: tags like `user:7` have no bound of their own.
const LIMIT: usize = 50_000;

/// The table of one connection.
#[derive(Debug)]
pub(super) struct Near {
    /// The handler's prefix, which the names in messages begin with.
    prefix: Box<[u8]>,
    /// Whether the server sends messages on this connection. Without them nothing may be kept.
    tracked: AtomicBool,
    table: RwLock<Table>,
}

#[derive(Debug, Default)]
struct Table {
    slots: HashMap<Box<str>, Slot, RandomState>,
    /// Until when an epoch lives at least, in milliseconds of this process, as long as it has this number. Kept apart
    /// from the slots because extending a life makes the server send a message too.
    lives: HashMap<Box<str>, (Epoch, u64), RandomState>,
    tickets: u64,
}

#[derive(Debug)]
enum Slot {
    Expected(u64),
    /// What the server has; it tells of the making of an epoch that is missing, too.
    Known(Option<Epoch>),
}

/// What is near of an epoch: `None` if nothing is, `Some(None)` if the server has none.
pub(super) type Known = Option<Option<Epoch>>;

/// The permission to enter what was asked for after it was given.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticket(Option<u64>);

impl Near {
    pub(super) fn new(prefix: &str) -> Self {
        Self { prefix: prefix.as_bytes().into(), tracked: AtomicBool::new(false), table: RwLock::default() }
    }

    /// From now on the server sends messages.
    pub(super) fn trust(&self) {
        self.tracked.store(true, Ordering::SeqCst);
    }

    /// From now on messages may be missed.
    pub(super) fn distrust(&self) {
        self.tracked.store(false, Ordering::SeqCst);
        *self.write() = Table::default();
    }

    pub(super) fn is_tracked(&self) -> bool {
        self.tracked.load(Ordering::SeqCst)
    }

    /// Whether all of `names` are near.
    pub(super) fn has_all(&self, names: &[EpochName<'_>]) -> bool {
        self.is_tracked() && {
            let table = self.read();
            names.iter().all(|name| matches!(table.slots.get(name.text()), Some(Slot::Known(_))))
        }
    }

    /// What is near of `names`.
    pub(super) fn get(&self, names: &[EpochName<'_>]) -> Vec<Known> {
        if !self.is_tracked() {
            return vec![None; names.len()];
        }
        let table = self.read();
        names
            .iter()
            .map(|name| match table.slots.get(name.text()) {
                Some(Slot::Known(known)) => Some(*known),
                _ => None,
            })
            .collect()
    }

    /// Announces that these names are about to be asked for.
    pub(super) fn expect<'a>(&self, names: impl Iterator<Item = &'a EpochName<'a>>) -> Vec<Ticket> {
        if !self.is_tracked() {
            return names.map(|_| Ticket(None)).collect();
        }
        let mut table = self.write();
        names.map(|name| table.expect(name.text())).collect()
    }

    /// Enters what was read under `ticket`, unless a message about it came since. Where something else is near, a
    /// message is on its way (this process reads its own writes before it hears of them), and neither is kept.
    pub(super) fn learn(&self, name: &EpochName<'_>, ticket: Ticket, found: Option<Epoch>) {
        if !self.is_tracked() {
            return;
        }
        let mut table = self.write();
        match table.slots.get_mut(name.text()) {
            Some(Slot::Known(known)) if *known != found => drop(table.slots.remove(name.text())),
            Some(slot) if matches!(*slot, Slot::Expected(expected) if ticket.0 == Some(expected)) => {
                *slot = Slot::Known(found);
            }
            _ => {}
        }
    }

    /// What is near under these names is not used any more.
    pub(super) fn forget<'a>(&self, names: impl Iterator<Item = &'a EpochName<'a>>) {
        let mut table = self.write();
        for name in names {
            table.slots.remove(name.text());
        }
    }

    /// Remembers that the epoch lives until `until` at least, as long as it has this number.
    pub(super) fn lives(&self, name: &EpochName<'_>, epoch: Epoch, until: u64) {
        let mut table = self.write();
        if let Some(life) = table.lives.get_mut(name.text()) {
            *life = if life.0 == epoch { (epoch, life.1.max(until)) } else { (epoch, until) };
            return;
        }
        make_room(&mut table.lives);
        table.lives.insert(name.text().into(), (epoch, until));
    }

    /// The number of `name` if it is near and known to live until `until`.
    ///
    /// Without messages the number cannot be compared. A life is then taken to be as long as it was made, which is
    /// wrong only after the epoch was evicted and made anew by another process: its entries then end early.
    pub(super) fn living(&self, name: &EpochName<'_>, until: u64) -> Option<Epoch> {
        let tracked = self.is_tracked();
        let table = self.read();
        let (epoch, life) = table.lives.get(name.text())?;
        let current = match table.slots.get(name.text()) {
            Some(Slot::Known(known)) => *known == Some(*epoch),
            _ => !tracked,
        };
        (current && *life >= until).then_some(*epoch)
    }

    /// Takes in a message of the server. What is not understood empties the table.
    pub(super) fn hear(&self, push: &PushInfo) {
        match push.kind {
            PushKind::Disconnection => self.distrust(),
            PushKind::Invalidate => match push.data.as_slice() {
                [Value::Array(names)] => {
                    let mut table = self.write();
                    for name in names {
                        match name {
                            Value::BulkString(name) => table.take_away(name.strip_prefix(&*self.prefix)),
                            _ => table.slots.clear(),
                        }
                    }
                }
                // `FLUSHDB` and `FLUSHALL` name no keys.
                _ => self.write().slots.clear(),
            },
            _ => {}
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Table> {
        self.table.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Table> {
        self.table.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn expect(&mut self, name: &str) -> Ticket {
        match self.slots.get(name) {
            // Another reader waits for the same name, and nothing was heard of it since: both may enter what they
            // read.
            Some(Slot::Expected(ticket)) => return Ticket(Some(*ticket)),
            Some(Slot::Known(_)) => return Ticket(None),
            None => {}
        }
        make_room(&mut self.slots);
        self.tickets += 1;
        self.slots.insert(name.into(), Slot::Expected(self.tickets));
        Ticket(Some(self.tickets))
    }

    /// Names that are not UTF-8, or not under the prefix, are of someone else.
    fn take_away(&mut self, name: Option<&[u8]>) {
        if let Some(Ok(name)) = name.map(std::str::from_utf8) {
            self.slots.remove(name);
        }
    }
}

/// Forgets every other name when there are too many: rare, and without order to keep on every look.
fn make_room<T>(names: &mut HashMap<Box<str>, T, RandomState>) {
    if names.len() >= LIMIT {
        let mut keep = false;
        names.retain(|_, _| {
            keep = !keep;
            keep
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near() -> Near {
        let near = Near::new("p:");
        near.trust();
        near
    }

    fn message(name: &str) -> PushInfo {
        let names = Value::Array(vec![Value::BulkString(name.as_bytes().to_vec())]);
        PushInfo { kind: PushKind::Invalidate, data: vec![names] }
    }

    fn learn(near: &Near, name: &EpochName<'static>) -> Epoch {
        let epoch = Epoch::random();
        let tickets = near.expect(std::iter::once(name));
        near.learn(name, tickets[0], Some(epoch));
        epoch
    }

    #[test]
    fn a_message_between_the_question_and_the_answer_wins() {
        let (near, name) = (near(), EpochName::tag("a"));
        let before = near.expect(std::iter::once(&name));
        near.hear(&message("p:e:t:a"));
        near.learn(&name, before[0], Some(Epoch::random()));
        assert_eq!(near.get(std::slice::from_ref(&name)), [None]);

        // Also when someone asked again after the message: only the later answer counts.
        let after = near.expect(std::iter::once(&name));
        near.learn(&name, before[0], Some(Epoch::random()));
        assert_eq!(near.get(std::slice::from_ref(&name)), [None]);
        let epoch = Epoch::random();
        near.learn(&name, after[0], Some(epoch));
        assert_eq!(near.get(&[name]), [Some(Some(epoch))]);
    }

    #[test]
    fn what_is_missing_is_known_until_it_is_made() {
        let (near, name) = (near(), EpochName::tag("a"));
        let names = std::slice::from_ref(&name);
        let tickets = near.expect(names.iter());
        near.learn(&name, tickets[0], None);
        assert!(near.has_all(names));
        assert_eq!(near.get(names), [Some(None)]);
        // Made by this process, which reads the number before the message is here.
        let tickets = near.expect(names.iter());
        near.learn(&name, tickets[0], Some(Epoch::random()));
        assert_eq!(near.get(names), [None]);
    }

    #[test]
    fn a_message_without_names_empties_the_table() {
        let (near, name) = (near(), EpochName::tag("a"));
        learn(&near, &name);
        near.hear(&PushInfo { kind: PushKind::Invalidate, data: vec![Value::Nil] });
        assert_eq!(near.get(&[name]), [None]);
    }

    #[test]
    fn without_messages_nothing_is_near() {
        let (near, name) = (near(), EpochName::tag("a"));
        learn(&near, &name);
        near.hear(&PushInfo { kind: PushKind::Disconnection, data: vec![] });
        assert!(!near.has_all(std::slice::from_ref(&name)));
        learn(&near, &name);
        assert_eq!(near.get(&[name]), [None]);
    }

    #[test]
    fn a_life_counts_for_one_number_only() {
        let (near, name) = (near(), EpochName::tag("a"));
        let epoch = learn(&near, &name);
        near.lives(&name, epoch, 100);
        assert_eq!(near.living(&name, 100), Some(epoch));
        assert_eq!(near.living(&name, 101), None);
        near.hear(&message("p:e:t:a"));
        assert_eq!(near.living(&name, 100), None);
        learn(&near, &name);
        assert_eq!(near.living(&name, 100), None);
    }

    #[test]
    fn the_table_has_a_bound() {
        let near = near();
        for number in 0..LIMIT + 10 {
            learn(&near, &EpochName::tag(&number.to_string()));
        }
        assert!(near.read().slots.len() <= LIMIT);
    }
}
