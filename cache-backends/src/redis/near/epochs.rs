//! The epochs that are kept near: what was read of the server and has not changed since.
//!
//! What is read is entered only if no message about it came since it was asked for: [`Epochs::expect`] leaves a ticket
//! in the slot, a message takes the ticket away, and [`Epochs::learn`] needs it to be there still. Whoever calls asks
//! first whether the server sends messages at all.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use cache_core::{Epoch, EpochName};
use foldhash::fast::RandomState;

/// More names than this are not kept: tags like `user:7` have no bound of their own.
const LIMIT: usize = 50_000;

/// The table.
#[derive(Debug, Default)]
pub(super) struct Epochs {
    table: RwLock<Table>,
    /// How often it may have been changed.
    changes: AtomicU64,
}

/// All epochs that were asked for, as they were at one time.
pub(crate) struct All {
    pub(crate) epochs: Vec<Option<Epoch>>,
    changes: u64,
}

#[derive(Debug, Default)]
struct Table {
    places: HashMap<Box<str>, Place, RandomState>,
    tickets: u64,
}

/// What is near of a name.
#[derive(Debug, Default)]
struct Place {
    slot: Option<Slot>,
    /// Until when the epoch lives at least, in milliseconds of this process, as long as it has this number. Messages do not
    /// take it away: extending a life makes the server send one too.
    life: Option<(Epoch, u64)>,
}

impl Place {
    const fn known(&self) -> Known {
        match self.slot {
            Some(Slot::Known(known)) => Some(known),
            _ => None,
        }
    }

    /// See [`Epochs::living`].
    fn living(&self, until: u64, tracked: bool) -> Option<Epoch> {
        let (epoch, life) = self.life?;
        let current = self.known().map_or(!tracked, |known| known == Some(epoch));
        (current && life >= until).then_some(epoch)
    }
}

#[derive(Clone, Copy, Debug)]
enum Slot {
    Expected(u64),
    /// What the server has; it tells of the making of an epoch that is missing, too.
    Known(Option<Epoch>),
}

/// What is near of an epoch: `None` if nothing is, `Some(None)` if the server has none.
pub(crate) type Known = Option<Option<Epoch>>;

/// The permission to enter what was asked for after it was given.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticket(Option<u64>);

impl Ticket {
    /// None.
    pub(super) const REFUSED: Self = Self(None);
}

impl Epochs {
    /// Nothing of what is here counts any more.
    pub(super) fn clear(&self) {
        let mut table = self.write();
        // Tickets go on: one that was given before this must not be good for what is asked for after it.
        *table = Table { tickets: table.tickets, ..Table::default() };
    }

    /// A message without names: nothing that was read counts, and lives are as they were.
    pub(super) fn clear_numbers(&self) {
        self.write().places.retain(|_, place| {
            place.slot = None;
            place.life.is_some()
        });
    }

    /// A message about this name.
    pub(super) fn take_away(&self, name: &str) {
        self.write().take_away(name);
    }

    /// What is near of `names`, if all are.
    pub(super) fn all(&self, names: &[EpochName<'_>]) -> Option<All> {
        let table = self.read();
        let mut epochs = Vec::with_capacity(names.len());
        for name in names {
            epochs.push(table.known(name)?);
        }
        Some(All { epochs, changes: self.changes.load(Ordering::SeqCst) })
    }

    /// Whether that is what is near now as well. It may say no where it is.
    pub(super) fn stands(&self, all: &All) -> bool {
        self.changes.load(Ordering::SeqCst) == all.changes
    }

    /// What is near of `names`.
    pub(super) fn get(&self, names: &[EpochName<'_>]) -> Vec<Known> {
        let table = self.read();
        names.iter().map(|name| table.known(name)).collect()
    }

    /// Announces that these names are about to be asked for.
    pub(super) fn expect<'a>(&self, names: impl Iterator<Item = &'a EpochName<'a>>) -> Vec<Ticket> {
        let mut table = self.write();
        names.map(|name| table.expect(name.text())).collect()
    }

    /// Enters what was read under `ticket`, unless a message about it came since. Where something else is near, a
    /// message is on its way (this process reads its own writes before it hears of them), and neither is kept.
    pub(super) fn learn(&self, name: &EpochName<'_>, ticket: Ticket, found: Option<Epoch>) {
        let mut table = self.write();
        let Some(place) = table.places.get_mut(name.text()) else { return };
        match place.slot {
            Some(Slot::Known(known)) if known != found => table.take_away(name.text()),
            Some(Slot::Expected(expected)) if ticket.0 == Some(expected) => place.slot = Some(Slot::Known(found)),
            _ => {}
        }
    }

    /// What is near under these names is not used any more.
    pub(super) fn forget<'a>(&self, names: impl Iterator<Item = &'a EpochName<'a>>) {
        let mut table = self.write();
        for name in names {
            table.take_away(name.text());
        }
    }

    /// Remembers that the epoch lives until `until` at least, as long as it has this number.
    pub(super) fn lives(&self, name: &EpochName<'_>, epoch: Epoch, until: u64) {
        let mut table = self.write();
        let life = &mut table.place(name.text()).life;
        *life = Some(match life {
            Some((same, until_then)) if *same == epoch => (epoch, until.max(*until_then)),
            _ => (epoch, until),
        });
    }

    /// The number of `name` if it is known to live until `until` and, where the server sends messages (`tracked`), to be
    /// the current one.
    ///
    /// Without messages the number cannot be compared. A life is then taken to be as long as it was made, which is
    /// wrong only after the epoch was evicted and made anew by another process: its entries then end early.
    pub(super) fn living(&self, name: &EpochName<'_>, until: u64, tracked: bool) -> Option<Epoch> {
        self.read().places.get(name.text())?.living(until, tracked)
    }

    /// [`Epochs::living`] of all `names`.
    pub(super) fn all_living(&self, names: &[EpochName<'_>], until: u64, tracked: bool) -> Option<Vec<Epoch>> {
        let table = self.read();
        let mut epochs = Vec::with_capacity(names.len());
        for name in names {
            epochs.push(table.places.get(name.text())?.living(until, tracked)?);
        }
        Some(epochs)
    }

    /// Whether all `names` are [`Epochs::living`].
    pub(super) fn all_live(&self, names: &[EpochName<'_>], until: u64, tracked: bool) -> bool {
        let table = self.read();
        let lives = |name: &EpochName<'_>| table.places.get(name.text())?.living(until, tracked);
        names.iter().all(|name| lives(name).is_some())
    }

    fn read(&self) -> RwLockReadGuard<'_, Table> {
        self.table.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Table> {
        let table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        self.changes.fetch_add(1, Ordering::SeqCst);
        table
    }
}

impl Table {
    fn known(&self, name: &EpochName<'_>) -> Known {
        self.places.get(name.text())?.known()
    }

    /// The place of `name`, made where there is none.
    fn place(&mut self, name: &str) -> &mut Place {
        if !self.places.contains_key(name) {
            self.make_room();
        }
        self.places.entry(name.into()).or_default()
    }

    /// What is near under `name` is not used any more.
    fn take_away(&mut self, name: &str) {
        let Some(place) = self.places.get_mut(name) else { return };
        place.slot = None;
        if place.life.is_none() {
            self.places.remove(name);
        }
    }

    fn expect(&mut self, name: &str) -> Ticket {
        let next = self.tickets + 1;
        let place = self.place(name);
        match place.slot {
            // Another reader waits for the same name, and nothing was heard of it since: both may enter what they
            // read.
            Some(Slot::Expected(ticket)) => return Ticket(Some(ticket)),
            Some(Slot::Known(_)) => return Ticket(None),
            None => {}
        }
        place.slot = Some(Slot::Expected(next));
        self.tickets = next;
        Ticket(Some(next))
    }

    /// Forgets every other name when there are too many: rare, and without order to keep on every look.
    fn make_room(&mut self) {
        if self.places.len() >= LIMIT {
            let mut keep = false;
            self.places.retain(|_, _| {
                keep = !keep;
                keep
            });
        }
    }
}

#[cfg(test)]
mod tests;
