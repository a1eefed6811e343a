//! A hit: one row, copied out of LMDB's pages, and the epochs behind it. Nothing is waited for; what takes longer is left to a look.

use std::cell::Cell;

use cache_core::key::Key;
use cache_core::{Epochs, Slot};

use super::Part;
use super::known::State;
use super::name::Name;
use super::open::Open;
use super::pages::LARGEST;
use super::record::{Record, Value};
use super::table::{Place, hash_of};

thread_local! {
    /// Room for a row. It is taken while it is in use.
    static ROW: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// From how many bytes on a value is copied out of a transaction. It is read twice, for its checksum and for what it is, and out of
/// memory that is far away a copy comes faster than a checksum. Larger ones than the thread keeps room for would have to be given
/// memory each time, which takes longer.
const FAR: usize = 1 << 10;

/// What shows what a slot holds.
type Visit<'a> = dyn FnMut(&[u8], u64, Epochs<'_>) + 'a;

impl Part {
    /// Shows what the slot of `key` holds, unless that is in a file; gives whether it could look.
    pub(super) fn glance_at(&self, key: &Key<'_>, visit: &mut Visit<'_>) -> bool {
        let name = Name::of(&Slot::Entry(key));
        let place = self.place(&name);
        let Some(mut open) = self.environment.glance() else { return false };
        // It comes from memory while the clock is read.
        open.fetch_hint(&place.address);
        let now = self.clock.wall();
        if !self.environment.is_seen_at(now) {
            drop(open);
            let seen = self.environment.look(now).ok().and_then(|()| self.environment.glance());
            let Some(seen) = seen else { return false };
            open = seen;
        }
        let mut row = ROW.try_with(Cell::take).unwrap_or_default();
        let looked = self
            .glance_at_pages(&open, &place, now, &mut row, visit)
            .or_else(|| self.glance_by_transaction(&open, &place, now, &mut row, visit).ok());
        let _ = ROW.try_with(|kept| kept.set(row));
        looked.unwrap_or(false)
    }

    /// The same without a transaction; `None` where it takes one.
    fn glance_at_pages(
        &self,
        open: &Open,
        place: &Place<'_>,
        now: u64,
        row: &mut Vec<u8>,
        visit: &mut Visit<'_>,
    ) -> Option<bool> {
        let pages = open.pages.as_ref()?;
        let found = pages.find(&place.address, row)?;
        if !found.is_there {
            return Some(true);
        }
        let state = State::numbered(open, found.number);
        let live = Record::parse(row).filter(|record| place.is_of(record) && now < record.ends);
        let Some(record) = live else { return Some(true) };
        if self.is_known_cleared(state, &record)? {
            return Some(true);
        }
        let Value::Here(bytes) = record.value else { return Some(false) };
        // Who found it in this state has said so, and whoever makes room and asks makes another state.
        if !found.is_again {
            open.touched.touch(hash_of(&place.address));
        }
        visit(bytes, now, &mut |name| {
            self.known.get(name, state, now).or_else(|| {
                // It may be newer than the entry, and is never older.
                let txn = open.env.read_txn().ok()?;
                self.read_epoch(open, &txn, name, now).ok().flatten()
            })
        });
        Some(true)
    }

    /// The same by a transaction, which holds on to what is shown where it lies.
    #[inline(never)]
    fn glance_by_transaction(
        &self,
        open: &Open,
        place: &Place<'_>,
        now: u64,
        row: &mut Vec<u8>,
        visit: &mut Visit<'_>,
    ) -> heed::Result<bool> {
        let txn = &open.env.read_txn()?;
        let live = open.tables.live(txn, place, now)?;
        let Some(record) = self.unless_cleared(open, txn, place, live)? else { return Ok(true) };
        let Value::Here(mut bytes) = record.value else { return Ok(false) };
        open.touched.touch(hash_of(&place.address));
        if (FAR..=LARGEST).contains(&bytes.len()) {
            row.clear();
            row.extend_from_slice(bytes);
            bytes = row;
        }
        let state = State::of(open, txn);
        visit(bytes, now, &mut |name| {
            let known = self.known.get(name, state, now);
            known.or_else(|| self.read_epoch(open, txn, name, now).ok().flatten())
        });
        Ok(true)
    }
}
