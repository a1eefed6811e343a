//! Everything that changes a part's entries, within one transaction: rows, indexes and counters change together, and
//! the bounds hold whenever it commits.

use heed::RwTxn;

use super::open::Open;
use super::queue::{Counters, Numbers, Queue, Queued, queue_key};
use super::record::{Listed, NewRecord, NewValue, Record, Value, room};
use super::table::{Address, HASH, Kind, PART, PartId, Place, Tables, end_key, hash_of, join, parse_end};
use super::touched::Touched;

/// A part that is being written to.
pub(super) struct Writer<'w, 'e> {
    pub(super) tables: &'w Tables,
    pub(super) touched: &'w Touched,
    pub(super) txn: &'w mut RwTxn<'e>,
    pub(super) part: PartId,
    pub(super) numbers: &'w Numbers,
    now: u64,
    before: Counters,
    pub(super) counters: Counters,
    /// The number of the row that was stored last.
    pub(super) newest: Option<u64>,
    /// The files of values whose rows are gone, to be removed when that is so for everyone.
    files: Vec<String>,
}

/// What is left of a record when its row is gone.
#[derive(Clone, Copy)]
struct Removed {
    /// Until when an invalidation has to be remembered.
    guarded: u64,
    left: Left,
}

/// What the indexes go on calling the row of a slot by: see [`Listed`].
#[derive(Clone, Copy, Default)]
struct Left {
    sequence: Option<u64>,
    ends: Option<u64>,
}

impl Left {
    /// What stays as it is where something that ends at `ends` and belongs to `queue` takes the place of `record` now.
    fn by(queue: Queue, ends: u64, record: &Record<'_>, now: u64) -> Self {
        let stays = queue == Queue::Entries && queue == Queue::of(record.sequence);
        // What was to be over by now may have gone to where it belonged: see `Writer::expire`. And an end that is sooner than
        // the one in the index, or never comes, has to be known.
        let listed = record.listed.ends;
        let is_known = now < listed && listed <= ends && ends != u64::MAX;
        Self { sequence: stays.then_some(record.listed.sequence), ends: (stays && is_known).then_some(listed) }
    }
}

impl<'w, 'e> Writer<'w, 'e> {
    pub(super) fn new(
        open: &'w Open,
        txn: &'w mut RwTxn<'e>,
        numbers: &'w Numbers,
        part: PartId,
        now: u64,
    ) -> heed::Result<Self> {
        let Open { tables, touched, .. } = open;
        let before = tables.counters(txn, &part)?;
        let (counters, newest, files) = (before, None, Vec::new());
        Ok(Self { tables, touched, txn, part, numbers, now, before, counters, newest, files })
    }

    pub(super) const fn set_now(&mut self, now: u64) {
        self.now = now;
    }

    pub(super) const fn now(&self) -> u64 {
        self.now
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

    /// Writes the counters. Without it nothing of this may be committed. Gives the files to be removed behind the commit.
    pub(super) fn finish(self) -> heed::Result<Vec<String>> {
        if self.counters != self.before {
            self.tables.parts.put(self.txn, &self.part, &self.counters.row())?;
        }
        Ok(self.files)
    }

    /// Marks what matches a pattern as removed, of all that was written so far. Gives a number that is higher; none where
    /// there are `most` marks already.
    pub(super) fn mark(&mut self, pattern: &str, most: u64) -> heed::Result<Option<u64>> {
        // What saw a slot empty before it was invalidated is not to be stored where the entry that remembers that counts as gone.
        self.forget();
        let marks = self.tables.marks.prefix_iter(self.txn, &self.part)?.count() as u64;
        if marks >= most {
            return Ok(None);
        }
        let before = self.numbers.next();
        self.tables.marks.put(self.txn, &queue_key(&self.part, before), pattern.as_bytes())?;
        Ok(Some(before))
    }

    pub(super) fn unmark(&mut self, before: u64) -> heed::Result<()> {
        self.tables.marks.delete(self.txn, &queue_key(&self.part, before)).map(drop)
    }

    /// Stores `value` in a slot until `ends`. If it is a tombstone, its invalidation is remembered until `guarded`;
    /// for all else that is 0. What the slot remembers already stays so.
    pub(super) fn store(&mut self, slot: &Place<'_>, value: NewValue<'_>, ends: u64, guarded: u64) -> heed::Result<()> {
        let met = self.tables.record(self.txn, slot.kind, &slot.address)?.is_some_and(|record| !slot.is_of(&record));
        if met {
            // Another text with the same hash: it is pushed out as by an eviction.
            self.remove(slot.kind, &slot.address)?;
        }
        let queue = Queue::to_guard(guarded);
        let now = self.now;
        let left = |record: &Record<'_>| Left::by(queue, ends, record, now);
        let old = self.take_out(slot.kind, &slot.address, left)?;
        let guarded = guarded.max(old.map_or(0, |old| old.guarded));
        let left = old.map_or(Left::default(), |old| old.left);
        let sequence = queue.sequence(self.numbers.next());
        let listed = Listed { sequence: left.sequence.unwrap_or(sequence), ends: left.ends.unwrap_or(ends) };
        let record = NewRecord { ends, guarded, sequence, listed, place: slot, value };
        let length = record.length();
        self.tables.of(slot.kind).put_reserved(self.txn, &slot.address, length, |row| record.write(row))?;
        if slot.kind == Kind::Entry {
            self.newest = Some(sequence);
            if left.sequence.is_none() {
                self.enqueue(sequence, &Queued::of(&slot.address, sequence))?;
            }
            self.counters.of_mut(queue).add(value.room(length));
            self.counters.files = self.counters.files.saturating_add(value.file_room());
            // Only what is read from now on counts.
            self.touched.take(hash_of(&slot.address));
        }
        if ends != u64::MAX && left.ends.is_none() {
            self.tables.ends.put(self.txn, &end_key(slot.kind, ends, &slot.address), &[])?;
        }
        Ok(())
    }

    /// Has a row stand at a place in its queue.
    pub(super) fn enqueue(&mut self, place: u64, queued: &Queued) -> heed::Result<()> {
        self.tables.queue.put(self.txn, &queue_key(&self.part, place), &queued.row())
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
        let removed = self.take_out(kind, address, |_| Left::default())?;
        if removed.is_some() {
            self.tables.of(kind).delete(self.txn, address)?;
        }
        Ok(removed)
    }

    /// Removes what belongs to a row, but for what is `left`. The row itself is about to be overwritten, or removed.
    fn take_out(
        &mut self,
        kind: Kind,
        address: &Address,
        left: impl FnOnce(&Record<'_>) -> Left,
    ) -> heed::Result<Option<Removed>> {
        let Some(row) = self.tables.of(kind).get(self.txn, address)? else { return Ok(None) };
        let (queue, record) = (Queue::of_row(row), Record::parse(row));
        let room = record.map_or_else(|| room(row.len()), |record| record.room(row.len()));
        if let Some(Record { value: Value::InFile(file), .. }) = record {
            self.files.push(file.name(address));
            self.counters.files = self.counters.files.saturating_sub(record.map_or(0, |record| record.file_room()));
        }
        let left = record.as_ref().filter(|_| kind == Kind::Entry).map_or(Left::default(), left);
        let guarded = record.map_or(0, |found| found.guarded);
        if let Some(Record { ends, listed, .. }) = record {
            if ends != u64::MAX && left.ends.is_none() {
                self.tables.ends.delete(self.txn, &end_key(kind, listed.ends, address))?;
                if ends != listed.ends {
                    // It may have gone there: see `Writer::expire`.
                    self.tables.ends.delete(self.txn, &end_key(kind, ends, address))?;
                }
            }
            if kind == Kind::Entry && left.sequence.is_none() {
                self.tables.queue.delete(self.txn, &queue_key(&self.part, listed.sequence))?;
            }
        }
        if kind == Kind::Entry {
            self.counters.of_mut(queue).subtract(room);
        }
        Ok(Some(Removed { guarded, left }))
    }

    /// Removes up to `limit` entries and as many epochs whose life has ended. Where another value has come since, which ends later,
    /// that is listed by its end from now on, and counts as one of them. Gives how many there were.
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
            match self.tables.record(self.txn, kind, &address)?.map(|record| (record.ends, record.listed.ends)) {
                Some((ends, _)) if ends <= self.now => drop(self.remove(kind, &address)?),
                Some((ends, listed)) if listed <= self.now => {
                    self.tables.ends.put(self.txn, &end_key(kind, ends, &address), &[])?;
                }
                _ => {}
            }
            // It went with its record, unless that is called something else.
            self.tables.ends.delete(self.txn, &key)?;
        }
        Ok(limit)
    }
}
