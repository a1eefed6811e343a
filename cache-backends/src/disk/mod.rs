//! The disk handler: entries in an LMDB file, shared by every process of the machine that opens the same directory.
//!
//! | file | what it holds |
//! |---|---|
//! | `builder` | the options |
//! | `environment`, `open` | one store for each directory and process; what helps when LMDB says no |
//! | `slots`, `puts` | reading and writing slots |
//! | `glance` | a hit |
//! | `writes`, `answer` | writes that are on their way, and waiting for them |
//! | `steward` | the thread that commits for futures, and gives back the room of what is over |
//! | `generation`, `mark` | directories, marks and locks: when a store starts empty, and how |
//! | `check`, `walk` | the data file, looked at before it is mapped |
//! | `pages`, `nodes`, `hints` | rows, found in LMDB's file without a transaction |
//! | `table`, `record`, `name` | tables, rows, and what slots are called |
//! | `values` | large values, in files of their own |
//! | `touched` | which entries were read lately |
//! | `queue` | entries and tombstones: in which order they go, how many there are and may be |
//! | `writer`, `eviction` | what changes entries: rows, indexes, counters and bounds in one transaction; which go |
//! | `room` | what has expired, files that nobody names, a map that is full |
//! | `epochs`, `known` | epochs, and what is known of them |
//! | `marks`, `clear` | what counts as removed, and removing it |
//! | `flight` | who runs a key, among all processes |
//! | `maps` | files that are mapped |
//! | `os` | the calls that are unsafe |
//! | `error` | LMDB's errors, and what to do about them |
//!
//! A hit takes no transaction of LMDB's. Any other read takes one and ends at once; a write takes a write transaction, alone or
//! with those that came meanwhile, for which it may have to wait until another process's has ended. No transaction outlives a call.
//! What takes longer than a look at a small value is not done on a thread that polls futures.

mod answer;
mod builder;
mod check;
mod clear;
mod environment;
mod epochs;
mod error;
mod eviction;
mod flight;
mod generation;
mod glance;
mod hints;
mod known;
mod maps;
mod mark;
mod marks;
mod name;
mod nodes;
mod open;
mod os;
mod pages;
mod puts;
mod queue;
mod record;
mod room;
mod slots;
mod steward;
mod table;
mod touched;
mod values;
mod walk;
mod writer;
mod writes;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cache_core::key::Key;
use cache_core::{
    Backend, BackendError, Clock, Epoch, EpochName, Epochs, Lead, Life, Look, Pattern, Reply, Seen, Slot, Stored, When,
    may_block,
};
use heed::RoTxn;

use answer::{Wanted, elsewhere};
pub use builder::DiskBuilder;
use environment::{Environment, SLICE};
use known::Known;
use marks::Marks;
use name::Name;
use open::Open;
use puts::{Put, Whenever};
use queue::Bounds;
use steward::Kept;
use table::{PartId, Place, part_id};
use writer::Writer;

/// The disk handler, in a directory that all processes of the machine can share.
///
/// Results survive the process that stored them, and its `kill -9`. After a crash of the machine, or where the file was
/// damaged, the store starts empty.
///
/// A future that is dropped while its result is being stored leaves that to this handler; but not a value of 256 KiB or more,
/// which is then not stored.
///
/// ```no_run
/// use cache_backends::Disk;
///
/// let handler = Disk::builder().cache_dir("cache").threshold(100_000).max_bytes(1 << 30).default_expire(300);
/// ```
pub struct Disk(Kept);

/// What belongs to one prefix in one environment, as one handler sees it.
struct Part {
    environment: Arc<Environment>,
    id: PartId,
    prefix: String,
    bounds: Bounds,
    clock: Clock,
    known: Known,
    marks: Marks,
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Part { prefix, bounds, .. } = &**self.0;
        f.debug_struct("Disk").field("prefix", prefix).field("bounds", bounds).finish_non_exhaustive()
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
        let id = part_id(&prefix);
        let (known, marks) = (Known::default(), Marks::default());
        Self(Kept::new(Arc::new(Part { environment, id, prefix, bounds, clock, known, marks })))
    }

    /// Makes what is there already fit into the bounds of this handler, which may be narrower than before.
    fn keep_within(&self) -> Result<(), BackendError> {
        let bounds = self.0.bounds;
        while !self.0.write_now(move |_, writer| writer.keep_within(&bounds, SLICE))? {}
        self.0.go_on_clearing()
    }

    /// Does `work` here and now for a sync caller, and elsewhere for a future, which may be dropped meanwhile.
    fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Arc<Part>, Option<Wanted>) -> Result<T, BackendError> + Send + 'static,
    ) -> Reply<'static, T> {
        if may_block() {
            return Reply::ready(work(&self.0, None));
        }
        let part = Arc::clone(&self.0);
        Reply::pending(elsewhere(&self.0.environment.steward, move |wanted| {
            let outcome = work(&part, Some(wanted));
            drop(part);
            outcome
        }))
    }
}

impl Part {
    fn place<'a>(&'a self, name: &'a Name) -> Place<'a> {
        Place::named(name, &self.id, &self.prefix)
    }

    fn epoch_place<'a>(&'a self, name: &'a EpochName<'_>) -> Place<'a> {
        Place::epoch(&self.id, &self.prefix, name.text())
    }

    fn read<T>(&self, work: impl Fn(&Open, &RoTxn<'_>, u64) -> heed::Result<T>) -> Result<T, BackendError> {
        let now = self.clock.wall();
        self.environment.read(now, |open, txn| work(open, txn, now))
    }

    /// Writes in one transaction.
    fn write<T, W>(&self, work: W) -> Reply<'static, T>
    where
        T: Send + 'static,
        W: Fn(&Open, &mut Writer<'_, '_>) -> heed::Result<T> + Send + 'static,
    {
        self.environment.submit(self.id, self.clock.wall(), work)
    }

    /// The same, on a thread that may wait.
    fn write_now<T, W>(&self, work: W) -> Result<T, BackendError>
    where
        T: Send + 'static,
        W: Fn(&Open, &mut Writer<'_, '_>) -> heed::Result<T> + Send + 'static,
    {
        self.environment.write_now(self.id, self.clock.wall(), work)
    }
}

fn bytes_of(stored: Stored) -> Result<Vec<u8>, BackendError> {
    match stored {
        Stored::Bytes(bytes) => Ok(bytes),
        Stored::Object(_) => Err(BackendError::new("a disk handler keeps bytes, and was given an object")),
    }
}

impl Backend for Disk {
    fn get<'a>(&'a self, slots: &'a [Slot<'a>]) -> Reply<'a, Vec<Option<Stored>>> {
        self.0.read_slots(slots)
    }

    fn put<'a>(&'a self, slot: Slot<'a>, stored: Option<Stored>, life: Life, when: When<'a>) -> Reply<'a, bool> {
        match stored.map(bytes_of).transpose() {
            Ok(bytes) => self.put(Put::new(&slot, bytes, life.ends(self.0.clock.wall()), Whenever::of(when))),
            Err(error) => Reply::ready(Err(error)),
        }
    }

    fn remove_matching<'a>(&'a self, pattern: &'a Pattern) -> Reply<'a, ()> {
        let pattern = pattern.clone();
        self.blocking(move |part, _| part.clear_matching(&pattern))
    }

    fn reclaim(&self) -> Reply<'_, ()> {
        self.blocking(|part, _| part.remove_all())
    }

    fn flush(&self) -> Reply<'_, ()> {
        self.0.write(|_, _| Ok(()))
    }

    fn answers_at_once(&self) -> bool {
        true
    }

    fn look<'a>(&'a self, key: &'a Key<'a>, watch: &'a [EpochName<'a>]) -> Reply<'a, Look> {
        self.0.look_at(key, watch)
    }

    fn glance(&self, key: &Key<'_>, visit: &mut dyn FnMut(&[u8], u64, Epochs<'_>)) -> bool {
        self.0.glance_at(key, visit)
    }

    fn current<'a>(&'a self, names: &'a [EpochName<'a>]) -> Reply<'a, Vec<Option<Epoch>>> {
        Reply::ready(self.0.current_epochs(names))
    }

    fn epochs<'a>(&'a self, names: &'a [EpochName<'a>], life: Life) -> Reply<'a, Vec<Epoch>> {
        self.make_epochs(names, life)
    }

    fn extend<'a>(&'a self, names: &'a [EpochName<'a>], life: Life) -> Reply<'a, ()> {
        self.extend_epochs(names, life)
    }

    fn renew<'a>(&'a self, names: &'a [EpochName<'a>]) -> Reply<'a, ()> {
        self.renew_epochs(names)
    }

    fn invalidate<'a>(&'a self, key: &'a Key<'a>, tombstone: Stored, life: Life) -> Reply<'a, ()> {
        match bytes_of(tombstone) {
            Ok(bytes) => self.bury(key, bytes, life),
            Err(error) => Reply::ready(Err(error)),
        }
    }

    fn lead<'a>(&'a self, key: &'a Key<'a>, seen: &'a Seen, patience: Duration) -> Reply<'a, Lead> {
        self.0.lead_at(key, seen, patience)
    }
}
