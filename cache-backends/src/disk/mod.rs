//! The disk handler: entries in an LMDB file, shared by every process of the machine that opens the same directory.
//!
//! | file | what it holds |
//! |---|---|
//! | `builder` | the options |
//! | `environment`, `open` | one store for each directory and process; what helps when LMDB says no |
//! | `generation` | directories, marks and locks: when a store starts empty, and how |
//! | `check`, `walk` | the data file, looked at before it is mapped |
//! | `table` | tables and rows |
//! | `queue` | entries and tombstones: in which order they go, how many there are and may be |
//! | `writer` | what changes entries: rows, indexes, counters and bounds in one transaction |
//! | `epochs` | epochs |
//! | `clear` | removing by pattern, and all |
//! | `flight` | who runs a key, among all processes |
//! | `os` | the calls that are unsafe |
//! | `error` | LMDB's errors, and what to do about them |
//!
//! A read takes one read transaction and ends at once; a write takes one write transaction, for which it may have to
//! wait until another process's has ended. No transaction outlives a call.

mod builder;
mod check;
mod clear;
mod environment;
mod epochs;
mod error;
mod flight;
mod generation;
mod open;
mod os;
mod queue;
mod table;
mod walk;
mod writer;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cache_core::key::Key;
use cache_core::{
    Backend, BackendError, Clock, Epoch, EpochName, Lead, Life, Look, Pattern, Reply, Seen, Slot, Stored, TOMBSTONE,
    When,
};
use heed::RoTxn;

pub use builder::DiskBuilder;
use environment::{Environment, SLICE};
use queue::{Bounds, Queue};
use table::{Kind, NewRecord, PartId, Place, Tables, part_id, room};
use writer::Writer;

/// The disk handler, in a directory that all processes of the machine can share.
///
/// Results survive the process that stored them, and its `kill -9`. After a crash of the machine, or where the file was
/// damaged, the store starts empty.
///
/// ```no_run
/// use cache_backends::Disk;
///
/// let handler = Disk::builder().cache_dir("cache").threshold(100_000).max_bytes(1 << 30).default_expire(300);
/// ```
pub struct Disk {
    environment: Arc<Environment>,
    part: PartId,
    prefix: String,
    bounds: Bounds,
    clock: Clock,
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Disk").field("prefix", &self.prefix).field("bounds", &self.bounds).finish_non_exhaustive()
    }
}

/// How many entries, and how many epochs, each write removes whose life has ended. It adds one at most.
const EXPIRE: usize = 2;

impl Disk {
    /// A handler in the directory `cache`, for 500 entries, until it is told otherwise.
    pub fn builder() -> DiskBuilder {
        DiskBuilder::default()
    }

    fn new(environment: Arc<Environment>, prefix: String, bounds: Bounds, clock: Clock) -> Self {
        Self { environment, part: part_id(&prefix), prefix, bounds, clock }
    }

    /// Makes what is there already fit into the bounds of this handler, which may be narrower than before.
    fn keep_within(&self) -> Result<(), BackendError> {
        while !self.write(|writer, _| writer.keep_within(&self.bounds, SLICE))? {}
        Ok(())
    }

    fn place<'a>(&'a self, kind: Kind, text: &'a str) -> Place<'a> {
        Place::new(kind, &self.part, &self.prefix, text)
    }

    fn epoch_place<'a>(&'a self, name: &'a EpochName<'_>) -> Place<'a> {
        self.place(Kind::Epoch, name.text())
    }

    fn read<T>(&self, work: impl Fn(&Tables, &RoTxn<'_>, u64) -> heed::Result<T>) -> Result<T, BackendError> {
        let now = self.clock.wall();
        self.environment.read(now, |tables, txn| work(tables, txn, now))
    }

    fn write<T>(&self, work: impl Fn(&mut Writer<'_, '_>, u64) -> heed::Result<T>) -> Result<T, BackendError> {
        let now = self.clock.wall();
        self.environment.write_part(self.part, now, |writer| work(writer, now))
    }

    fn read_slots(&self, slots: &[Slot<'_>]) -> Result<Vec<Option<Stored>>, BackendError> {
        self.read(|tables, txn, now| {
            let read = |slot: &Slot<'_>| {
                let text = slot.text();
                let found = tables.live(txn, &self.place(kind_of(slot), &text), now)?;
                Ok(found.map(|record| Stored::Bytes(record.bytes.to_vec())))
            };
            slots.iter().map(read).collect()
        })
    }

    fn look_at(&self, key: &Key<'_>, watch: &[EpochName<'_>]) -> Result<Look, BackendError> {
        let text = key.text();
        let place = self.place(Kind::Entry, &text);
        self.read(|tables, txn, now| {
            let record = tables.record(txn, Kind::Entry, &place.address)?.filter(|record| place.is_of(record));
            let live = record.filter(|record| now < record.ends);
            let stored = live.map(|record| Stored::Bytes(record.bytes.to_vec()));
            let seen = match &stored {
                Some(stored) => Seen::of(Some(stored)),
                None => Seen::stamp(tables.stamp(record.as_ref(), now, &tables.counters(txn, &self.part)?)),
            };
            let epochs = watch.iter().map(|name| self.read_epoch(tables, txn, name, now)).collect::<Result<_, _>>()?;
            Ok(Look { stored, seen, epochs })
        })
    }

    fn write_slot(
        &self,
        slot: &Slot<'_>,
        bytes: Option<&[u8]>,
        life: Life,
        when: When<'_>,
    ) -> Result<bool, BackendError> {
        let text = slot.text();
        let place = self.place(kind_of(slot), &text);
        self.write(|writer, now| {
            if !self.allows(writer, &place, when, now)? {
                return Ok(false);
            }
            let ends = life.ends(now);
            let buries = place.kind == Kind::Entry && bytes.is_some_and(|bytes| bytes.starts_with(TOMBSTONE));
            self.replace(writer, &place, bytes.map(|bytes| (bytes, ends)), if buries { ends } else { 0 }, now)
        })
    }

    fn allows(&self, writer: &Writer<'_, '_>, place: &Place<'_>, when: When<'_>, now: u64) -> heed::Result<bool> {
        let (seen, epoch) = match when {
            When::Always => return Ok(true),
            When::Absent => return Ok(writer.live(place)?.is_none()),
            When::Unchanged { seen, epoch } => (seen, epoch),
        };
        if let Some((name, number)) = epoch {
            let current = writer.live(&self.epoch_place(name))?;
            if current.and_then(|record| Epoch::from_bytes(record.bytes)) != Some(number) {
                return Ok(false);
            }
        }
        let record = writer.record(place)?;
        Ok(match record.filter(|record| now < record.ends) {
            Some(live) => seen
                .bytes()
                .is_some_and(|(length, head)| live.bytes.len() == length && live.bytes.get(..head.len()) == Some(head)),
            None => seen.is_nothing() || seen.stamp_value() == Some(writer.stamp(record.as_ref())),
        })
    }

    /// Writes to a slot that may be written to, and keeps the bounds; gives whether it took what it was given. See
    /// [`Writer::store`] for `guarded`.
    fn replace(
        &self,
        writer: &mut Writer<'_, '_>,
        place: &Place<'_>,
        stored: Option<(&[u8], u64)>,
        guarded: u64,
        now: u64,
    ) -> heed::Result<bool> {
        let most = self.bounds.of(Queue::to_guard(guarded)).bytes;
        let fits = stored
            .is_none_or(|(bytes, _)| place.kind == Kind::Epoch || room(NewRecord::row_length(place, bytes)) <= most);
        match stored.filter(|(_, ends)| fits && now < *ends) {
            Some((bytes, ends)) => writer.store(place, bytes, ends, guarded)?,
            // What the slot held was to be replaced: it is not what anyone should get any more.
            None => drop(writer.remove(place.kind, &place.address)?),
        }
        writer.expire(EXPIRE)?;
        writer.keep_within(&self.bounds, usize::MAX)?;
        Ok(fits)
    }

    /// Empties a slot by a `tombstone`, and remembers for its life that it was invalidated, also when the tombstone is
    /// gone: a run that looked before must not store its result.
    fn bury(&self, key: &Key<'_>, tombstone: &[u8], life: Life) -> Result<(), BackendError> {
        let text = key.text();
        let place = self.place(Kind::Entry, &text);
        self.write(|writer, now| {
            let ends = life.ends(now);
            if !self.replace(writer, &place, Some((tombstone, ends)), ends, now)? {
                writer.forget();
            }
            Ok(())
        })
    }
}

fn kind_of(slot: &Slot<'_>) -> Kind {
    match slot {
        Slot::Entry(_) => Kind::Entry,
        Slot::Epoch(_) => Kind::Epoch,
    }
}

fn bytes_of(stored: &Stored) -> Result<&[u8], BackendError> {
    stored.as_bytes().ok_or_else(|| BackendError::new("a disk handler keeps bytes, and was given an object"))
}

impl Backend for Disk {
    fn get<'a>(&'a self, slots: &'a [Slot<'a>]) -> Reply<'a, Vec<Option<Stored>>> {
        Reply::ready(self.read_slots(slots))
    }

    fn put<'a>(&'a self, slot: Slot<'a>, stored: Option<Stored>, life: Life, when: When<'a>) -> Reply<'a, bool> {
        let bytes = stored.as_ref().map(bytes_of).transpose();
        Reply::ready(bytes.and_then(|bytes| self.write_slot(&slot, bytes, life, when)))
    }

    fn remove_matching<'a>(&'a self, pattern: &'a Pattern) -> Reply<'a, ()> {
        Reply::ready(self.remove_all_matching(pattern))
    }

    fn reclaim(&self) -> Reply<'_, ()> {
        Reply::ready(self.remove_all())
    }

    fn look<'a>(&'a self, key: &'a Key<'a>, watch: &'a [EpochName<'a>]) -> Reply<'a, Look> {
        Reply::ready(self.look_at(key, watch))
    }

    fn current<'a>(&'a self, names: &'a [EpochName<'a>]) -> Reply<'a, Vec<Option<Epoch>>> {
        Reply::ready(self.current_epochs(names))
    }

    fn epochs<'a>(&'a self, names: &'a [EpochName<'a>], life: Life) -> Reply<'a, Vec<Epoch>> {
        Reply::ready(self.make_epochs(names, life))
    }

    fn extend<'a>(&'a self, names: &'a [EpochName<'a>], life: Life) -> Reply<'a, ()> {
        Reply::ready(self.extend_epochs(names, life))
    }

    fn renew<'a>(&'a self, names: &'a [EpochName<'a>]) -> Reply<'a, ()> {
        Reply::ready(self.renew_epochs(names))
    }

    fn invalidate<'a>(&'a self, key: &'a Key<'a>, tombstone: Stored, life: Life) -> Reply<'a, ()> {
        Reply::ready(bytes_of(&tombstone).and_then(|bytes| self.bury(key, bytes, life)))
    }

    fn lead<'a>(&'a self, key: &'a Key<'a>, seen: &'a Seen, patience: Duration) -> Reply<'a, Lead> {
        self.lead_at(key, seen, patience)
    }
}
