//! Which rows go when there are too many, or when what is there is cleared: the oldest, but for entries that were read lately.

use std::ops::Bound;

use super::queue::{Bounds, Queue, Queued, Tally, queue_key};
use super::table::{Address, HASH, Kind, join};
use super::writer::Writer;

/// How many entries that were read lately stay where one has to go, at most.
const SPARED: usize = 8;
/// How many that were written anew go to where they belong, at most, where one has to go.
const MOVED: usize = 16;

/// What stands first in a queue.
struct First {
    place: u64,
    queued: Queued,
    /// The number of what is in the row that it is about.
    sequence: u64,
}

impl Writer<'_, '_> {
    /// Removes the oldest entries until they are within their bound, and the oldest tombstones until those are, or
    /// `limit` of each; gives whether they are.
    pub(super) fn keep_within(&mut self, bounds: &Bounds, limit: usize) -> heed::Result<bool> {
        let entries = self.keep_queue_within(Queue::Entries, bounds, limit)?;
        Ok(self.keep_queue_within(Queue::Tombstones, bounds, limit)? && entries)
    }

    fn keep_queue_within(&mut self, queue: Queue, bounds: &Bounds, limit: usize) -> heed::Result<bool> {
        for _ in 0..limit {
            if self.counters.of(queue).is_within(bounds.of(queue)) {
                return Ok(true);
            }
            match self.first_to_go(queue)? {
                Some(first) => self.remove_first(&first)?,
                None if self.remove_any(queue)? => {}
                None => return Ok(true),
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

    /// What stands first in `queue` and is there still. A row whose value was written anew stands where the one before it was
    /// put, until it comes here: then it goes to where it would be, if no more than `most` do.
    fn first(&mut self, queue: Queue, most: usize) -> heed::Result<Option<First>> {
        let mut moved = 0;
        loop {
            let Some((place, queued)) = self.head(queue)? else { return Ok(None) };
            let sequence = self.number_of(&queued)?;
            if let Some(sequence) = sequence {
                if sequence <= place || moved == most {
                    return Ok(Some(First { place, queued, sequence }));
                }
                moved += 1;
                self.enqueue(sequence, &queued)?;
            }
            self.tables.queue.delete(self.txn, &queue_key(&self.part, place))?;
        }
    }

    fn head(&self, queue: Queue) -> heed::Result<Option<(u64, Queued)>> {
        let first = queue_key(&self.part, queue.sequence(0));
        let head = self.tables.queue.get_greater_than_or_equal_to(self.txn, &first)?;
        Ok(head.and_then(|(key, row)| {
            let place = queue.parse(key, &self.part)?;
            Some((place, Queued::parse(row)?))
        }))
    }

    /// The number of what is in the row that was put into the queue, if that is there still.
    fn number_of(&self, queued: &Queued) -> heed::Result<Option<u64>> {
        let current = self.tables.record(self.txn, Kind::Entry, &queued.address(&self.part))?;
        Ok(current.filter(|record| record.listed.sequence == queued.sequence).map(|record| record.sequence))
    }

    /// What stands first in `queue` when the entries before it have gone to the end that were read since they came there: a
    /// second chance. Their rows stay as they are.
    fn first_to_go(&mut self, queue: Queue) -> heed::Result<Option<First>> {
        let (mut spared, mut newest) = (0, self.newest.filter(|_| self.counters.of(queue).rows > 1));
        loop {
            let Some(first) = self.first(queue, MOVED)? else { return Ok(None) };
            // What is stored just now does not make room for itself.
            let is_new = newest == Some(first.sequence);
            let is_touched = || spared < SPARED && self.touched.take(&first.queued.hash);
            if queue != Queue::Entries || !is_new && !is_touched() {
                return Ok(Some(first));
            }
            if is_new {
                newest = None;
            } else {
                spared += 1;
            }
            self.enqueue(queue.sequence(self.numbers.next()), &first.queued)?;
            self.tables.queue.delete(self.txn, &queue_key(&self.part, first.place))?;
        }
    }

    fn remove_oldest(&mut self, queue: Queue, before: u64) -> heed::Result<bool> {
        let Some(first) = self.first(queue, 0)? else { return self.remove_any(queue) };
        if first.place >= queue.sequence(before) {
            return Ok(false);
        }
        if first.sequence >= queue.sequence(before) {
            // It was written anew, and goes to where it belongs.
            self.enqueue(first.sequence, &first.queued)?;
            self.tables.queue.delete(self.txn, &queue_key(&self.part, first.place))?;
        } else {
            self.remove_first(&first)?;
        }
        Ok(true)
    }

    fn remove_first(&mut self, First { place, queued, .. }: &First) -> heed::Result<()> {
        self.remove(Kind::Entry, &queued.address(&self.part))?;
        // It went with its record, unless that stood elsewhere first.
        self.tables.queue.delete(self.txn, &queue_key(&self.part, *place)).map(drop)
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
