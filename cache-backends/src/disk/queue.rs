//! The two queues of a part, and what is counted of each. Entries and tombstones have bounds of their own, so that
//! neither pushes the other out.

use std::cell::Cell;

use heed::{RoTxn, RwTxn};

use super::record::Record;
use super::table::{Address, HASH, PART, PartId, hash_of, join};

/// How much may stand in a queue.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound {
    pub(super) rows: u64,
    pub(super) bytes: u64,
}

/// How much a part may hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    entries: Bound,
    tombstones: Bound,
}

impl Bounds {
    /// For a file of at most `map` bytes. Tombstones leave most of it to entries, and to pages that are written anew.
    ///
    /// A program that invalidates more than they remember, within the time for which they are kept, loses no
    /// invalidation: what is lost then is the results of runs that are under way.
    pub(super) fn new(entries: Bound, map: u64) -> Self {
        Self { entries, tombstones: Bound { rows: 65_536, bytes: (map / 5 * 2).min(32 << 20) } }
    }

    pub(super) const fn of(&self, queue: Queue) -> &Bound {
        match queue {
            Queue::Entries => &self.entries,
            Queue::Tombstones => &self.tombstones,
        }
    }
}

/// In which queue a row of `entries` stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Queue {
    Entries,
    Tombstones,
}

/// In the sequence number of what stands in the queue of tombstones, which is thereby sorted behind the other.
const OF_A_TOMBSTONE: u64 = 1 << 63;

impl Queue {
    /// The queue of what is stored with an invalidation of its own to remember until `guarded`, or with none: 0.
    pub(super) const fn to_guard(guarded: u64) -> Self {
        if guarded > 0 { Self::Tombstones } else { Self::Entries }
    }

    /// The queue of what has this sequence number.
    pub(super) const fn of(sequence: u64) -> Self {
        if sequence & OF_A_TOMBSTONE == 0 { Self::Entries } else { Self::Tombstones }
    }

    /// The queue of a row. One that is damaged does not say, and is most often an entry.
    pub(super) fn of_row(row: &[u8]) -> Self {
        Record::parse(row).map_or(Self::Entries, |record| Self::of(record.sequence))
    }

    /// The sequence number of the row written as the `number`th.
    pub(super) const fn sequence(self, number: u64) -> u64 {
        match self {
            Self::Entries => number & !OF_A_TOMBSTONE,
            Self::Tombstones => number | OF_A_TOMBSTONE,
        }
    }

    /// What a key of `queue` says, if it is of this part and queue: the sequence number.
    pub(super) fn parse(self, key: &[u8], part: &PartId) -> Option<u64> {
        let sequence = u64::from_be_bytes(key.strip_prefix(part)?.try_into().ok()?);
        (Self::of(sequence) == self).then_some(sequence)
    }
}

/// The numbers of what one transaction writes: each is higher than all before it, also those of other transactions. LMDB numbers
/// these, so nothing has to be written for that.
pub(super) struct Numbers(Cell<u64>);

/// How many bits of a number are of one transaction, which is more numbers than it has pages for.
const IN_ONE: u32 = 24;

impl Numbers {
    pub(super) fn of(txn: &RwTxn<'_>) -> Self {
        Self(Cell::new((txn.id() as u64) << IN_ONE))
    }

    /// A number that all have which are written later than what `txn` sees, or a higher one.
    pub(super) fn behind(txn: &RoTxn<'_>) -> u64 {
        (txn.id() as u64 + 1) << IN_ONE
    }

    pub(super) fn next(&self) -> u64 {
        self.0.replace(self.0.get() + 1)
    }
}

/// The key of `queue`.
pub(super) fn queue_key(part: &PartId, sequence: u64) -> [u8; PART + 8] {
    join(part, &sequence.to_be_bytes())
}

/// A row of `queue`: which row of `entries` it is about. That one may be gone, or another, by the time its turn comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Queued {
    pub(super) hash: [u8; HASH],
    /// What the row is [listed](super::record::Listed) by: the number that it was put here with. Where it stands is another one once it
    /// had a second chance, or its value was written anew.
    pub(super) sequence: u64,
}

impl Queued {
    pub(super) fn of(address: &Address, sequence: u64) -> Self {
        Self { hash: *hash_of(address), sequence }
    }

    pub(super) fn parse(row: &[u8]) -> Option<Self> {
        let (hash, sequence) = row.split_first_chunk()?;
        Some(Self { hash: *hash, sequence: u64::from_le_bytes(*sequence.first_chunk()?) })
    }

    pub(super) fn row(&self) -> [u8; HASH + 8] {
        join(&self.hash, &self.sequence.to_le_bytes())
    }

    pub(super) fn address(&self, part: &PartId) -> Address {
        join(part, &self.hash)
    }
}

/// What stands in a queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) rows: u64,
    /// The room they take.
    pub(super) bytes: u64,
}

impl Tally {
    pub(super) const fn is_within(&self, bound: &Bound) -> bool {
        self.rows <= bound.rows && self.bytes <= bound.bytes
    }

    pub(super) const fn add(&mut self, room: u64) {
        self.rows += 1;
        self.bytes += room;
    }

    /// A damaged row may have been counted as something else.
    pub(super) const fn subtract(&mut self, room: u64) {
        self.rows = self.rows.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(room);
    }
}

/// What is known of a part as a whole. It is written where it changes only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counters {
    pub(super) entries: Tally,
    pub(super) tombstones: Tally,
    /// Grows whenever a slot forgets that it was invalidated before the invalidation was to end.
    pub(super) forgotten: u64,
    /// The room of those entries' values that have files of their own.
    pub(super) files: u64,
}

impl Counters {
    pub(super) const fn of(&self, queue: Queue) -> &Tally {
        match queue {
            Queue::Entries => &self.entries,
            Queue::Tombstones => &self.tombstones,
        }
    }

    pub(super) const fn of_mut(&mut self, queue: Queue) -> &mut Tally {
        match queue {
            Queue::Entries => &mut self.entries,
            Queue::Tombstones => &mut self.tombstones,
        }
    }

    /// The room that the part takes in the store's own file.
    pub(super) const fn bytes_in_map(&self) -> u64 {
        self.entries.bytes.saturating_add(self.tombstones.bytes).saturating_sub(self.files)
    }

    /// The queue that takes more room.
    pub(super) const fn larger(&self) -> Queue {
        if self.tombstones.bytes > self.entries.bytes { Queue::Tombstones } else { Queue::Entries }
    }

    pub(super) fn parse(row: &[u8]) -> Self {
        let number = |index: usize| {
            let chunk = row.get(index * 8..).and_then(<[u8]>::first_chunk);
            chunk.map_or(0, |chunk| u64::from_le_bytes(*chunk))
        };
        let tally = |index| Tally { rows: number(index), bytes: number(index + 1) };
        Self { entries: tally(0), tombstones: tally(2), forgotten: number(4), files: number(5) }
    }

    pub(super) fn row(&self) -> [u8; 48] {
        let Self { entries, tombstones, forgotten, files } = self;
        let numbers = [entries.rows, entries.bytes, tombstones.rows, tombstones.bytes, *forgotten, *files];
        let mut row = [0; 48];
        for (chunk, number) in row.chunks_exact_mut(8).zip(numbers) {
            chunk.copy_from_slice(&number.to_le_bytes());
        }
        row
    }
}
