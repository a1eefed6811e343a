//! Everything that changes a part's entries, within one transaction: rows, indexes and counters change together, and
//! the bounds hold whenever it commits.

use std::ops::Bound;

use heed::RwTxn;

use super::queue::{Bounds, Counters, Queue, Tally, queue_key};
use super::table::{
    Address, HASH, Kind, NewRecord, PART, PartId, Place, Record, Tables, end_key, join, parse_end, room,
};

/// A part that is being written to.
pub(super) struct Writer<'w, 'e> {
    tables: &'w Tables,
    txn: &'w mut RwTxn<'e>,
    part: PartId,
    now: u64,
    before: Counters,
    counters: Counters,
}

/// What is left of a record when its row is gone.
#[derive(Clone, Copy)]
struct Removed {
    /// Until when an invalidation has to be remembered.
    guarded: u64,
}

impl<'w, 'e> Writer<'w, 'e> {
    pub(super) fn new(tables: &'w Tables, txn: &'w mut RwTxn<'e>, part: PartId, now: u64) -> heed::Result<Self> {
        let before = tables.counters(txn, &part)?;
        Ok(Self { tables, txn, part, now, before, counters: before })
    }

    /// See [`Tables::stamp`].
    pub(super) fn stamp(&self, record: Option<&Record<'_>>) -> u64 {
        self.tables.stamp(record, self.now, &self.counters)
    }

    pub(super) fn record(&self, slot: &Place<'_>) -> heed::Result<Option<Record<'_>>> {
        Ok(self.tables.record(self.txn, slot.kind, &slot.address)?.filter(|record| slot.is_of(record)))
    }

    pub(super) fn live(&self, slot: &Place<'_>) -> heed::Result<Option<Record<'_>>> {
        self.tables.live(self.txn, slot, self.now)
    }

    /// Whatever lies at the place of an entry.
    pub(super) fn row(&self, address: &Address) -> heed::Result<Option<Record<'_>>> {
        self.tables.record(self.txn, Kind::Entry, address)
    }

    /// From here on no commit of this part succeeds that looked before and saw nothing.
    pub(super) fn forget(&mut self) {
        self.counters.forgotten += 1;
    }

    /// Writes the counters. Without it nothing of this may be committed.
    pub(super) fn finish(self) -> heed::Result<()> {
        if self.counters != self.before {
            self.tables.parts.put(self.txn, &self.part, &self.counters.row())?;
        }
        Ok(())
    }

    /// Stores `bytes` in a slot until `ends`. If they are a tombstone, its invalidation is remembered until `guarded`;
    /// for all else that is 0. What the slot remembers already stays so.
    pub(super) fn store(&mut self, slot: &Place<'_>, bytes: &[u8], ends: u64, guarded: u64) -> heed::Result<()> {
        let met = self.tables.record(self.txn, slot.kind, &slot.address)?.is_some_and(|record| !slot.is_of(&record));
        if met {
            // Another text with the same hash: it is pushed out as by an eviction.
            self.remove(slot.kind, &slot.address)?;
        }
        let old = self.take(slot.kind, &slot.address)?;
        let queue = Queue::to_guard(guarded);
        let guarded = guarded.max(old.map_or(0, |old| old.guarded));
        let length = NewRecord::row_length(slot, bytes);
        let sequence = queue.sequence(self.counters.next);
        let record = NewRecord { ends, guarded, sequence, place: slot, bytes };
        self.tables.of(slot.kind).put_reserved(self.txn, &slot.address, length, |row| record.write(row))?;
        if slot.kind == Kind::Entry {
            let (_, hash) = slot.address.split_at(PART);
            self.tables.queue.put(self.txn, &queue_key(&self.part, sequence), hash)?;
            self.counters.next += 1;
            self.counters.of_mut(queue).add(room(length));
        }
        if ends != u64::MAX {
            self.tables.ends.put(self.txn, &end_key(slot.kind, ends, &slot.address), &[])?;
        }
        Ok(())
    }

    /// Empties a slot; gives whether it held anything.
    pub(super) fn remove(&mut self, kind: Kind, address: &Address) -> heed::Result<bool> {
        let removed = self.take(kind, address)?;
        if removed.is_some_and(|removed| self.now < removed.guarded) {
            // The slot itself cannot defeat commits any more that looked before it was invalidated.
            self.forget();
        }
        Ok(removed.is_some())
    }

    /// Removes a row and what belongs to it.
    fn take(&mut self, kind: Kind, address: &Address) -> heed::Result<Option<Removed>> {
        let table = self.tables.of(kind);
        let Some(row) = table.get(self.txn, address)? else { return Ok(None) };
        let (length, queue) = (row.len(), Queue::of_row(row));
        let (ends, guarded, sequence) =
            Record::parse(row).map_or((u64::MAX, 0, None), |found| (found.ends, found.guarded, Some(found.sequence)));
        table.delete(self.txn, address)?;
        if ends != u64::MAX {
            self.tables.ends.delete(self.txn, &end_key(kind, ends, address))?;
        }
        if kind == Kind::Entry {
            if let Some(sequence) = sequence {
                self.tables.queue.delete(self.txn, &queue_key(&self.part, sequence))?;
            }
            self.counters.of_mut(queue).subtract(room(length));
        }
        Ok(Some(Removed { guarded }))
    }

    /// Removes up to `limit` entries and as many epochs whose life has ended; gives how many there were.
    pub(super) fn expire(&mut self, limit: usize) -> heed::Result<usize> {
        Ok(self.expire_kind(Kind::Entry, limit)? + self.expire_kind(Kind::Epoch, limit)?)
    }

    fn expire_kind(&mut self, kind: Kind, limit: usize) -> heed::Result<usize> {
        let first = end_key(kind, 0, &join(&self.part, &[0; HASH]));
        for done in 0..limit {
            let Some((key, _)) = self.tables.ends.get_greater_than_or_equal_to(self.txn, &first)? else {
                return Ok(done);
            };
            if key.get(..=PART) != first.get(..=PART) {
                return Ok(done);
            }
            let Some((ends, address)) = parse_end(key) else { return Ok(done) };
            if ends > self.now {
                return Ok(done);
            }
            let key = end_key(kind, ends, &address);
            let current = self.tables.record(self.txn, kind, &address)?.is_some_and(|record| record.ends == ends);
            if current {
                self.remove(kind, &address)?;
            }
            // It went with its record, unless that has another end.
            self.tables.ends.delete(self.txn, &key)?;
        }
        Ok(limit)
    }

    /// Removes the oldest entries until they are within their bound, and the oldest tombstones until those are, or
    /// `limit` of each; gives whether they are.
    pub(super) fn keep_within(&mut self, bounds: &Bounds, limit: usize) -> heed::Result<bool> {
        let entries = self.keep_queue_within(Queue::Entries, bounds, limit)?;
        Ok(self.keep_queue_within(Queue::Tombstones, bounds, limit)? && entries)
    }

    fn keep_queue_within(&mut self, queue: Queue, bounds: &Bounds, limit: usize) -> heed::Result<bool> {
        for _ in 0..limit {
            if self.counters.of(queue).is_within(bounds.of(queue)) || !self.remove_oldest(queue, u64::MAX)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Removes up to `limit` of what stands in `queue` and was written before the row of this `number`, the oldest
    /// first; gives whether there may be more.
    pub(super) fn remove_before(&mut self, queue: Queue, number: u64, limit: usize) -> heed::Result<bool> {
        for _ in 0..limit {
            if !self.remove_oldest(queue, number)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn remove_oldest(&mut self, queue: Queue, before: u64) -> heed::Result<bool> {
        let first = queue_key(&self.part, queue.sequence(0));
        let head = self.tables.queue.get_greater_than_or_equal_to(self.txn, &first)?;
        let found = head.and_then(|(key, hash)| Some((queue.parse(key, &self.part)?, *hash.first_chunk::<HASH>()?)));
        let Some((sequence, hash)) = found else { return self.remove_any(queue) };
        if sequence >= queue.sequence(before) {
            return Ok(false);
        }
        let address = join(&self.part, &hash);
        let current = self.tables.record(self.txn, Kind::Entry, &address)?;
        if current.is_some_and(|record| record.sequence == sequence) {
            self.remove(Kind::Entry, &address)?;
        }
        // It went with its record, unless that was damaged.
        self.tables.queue.delete(self.txn, &queue_key(&self.part, sequence))?;
        Ok(true)
    }

    /// Removes a row that is counted in `queue` and does not stand there: only a damaged one does not. Without one the
    /// counters are what is wrong.
    fn remove_any(&mut self, queue: Queue) -> heed::Result<bool> {
        if *self.counters.of(queue) == Tally::default() {
            return Ok(false);
        }
        let first: Address = join(&self.part, &[0; HASH]);
        let mut found = None;
        let range = (Bound::Included(first.as_slice()), Bound::Unbounded);
        for row in self.tables.entries.range(self.txn, &range)? {
            let (key, row) = row?;
            let Some(address) = Address::try_from(key).ok().filter(|key| key.starts_with(&self.part)) else { break };
            if Queue::of_row(row) == queue {
                found = Some(address);
                break;
            }
        }
        let Some(address) = found else {
            *self.counters.of_mut(queue) = Tally::default();
            return Ok(false);
        };
        self.remove(Kind::Entry, &address)
    }
}
