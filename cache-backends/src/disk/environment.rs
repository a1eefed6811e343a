//! The store of one directory: opened once in a process, shared by every handler that names the directory, and what
//! is done when LMDB says no.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, Weak};

use cache_core::{BackendError, Clock};
use heed::{RoTxn, RwTxn};

use super::error::{Remedy, at, explain, remedy};
use super::flight::Rights;
use super::generation::{Directory, private_directory};
use super::mark::State;
use super::open::{Open, Room, pages};
use super::os;
use super::queue::Numbers;
use super::steward::{self, Steward};
use super::table::PartId;
use super::values::Values;
use super::writer::Writer;
use super::writes::Writes;

/// How often, in milliseconds, a handle looks at least whether its generation was retired.
const LOOK_EVERY: u64 = 100;
/// How often an operation is tried again after what hindered it was put right.
const ATTEMPTS: usize = 4;
/// How many rows one transaction removes where there are many, so that other writers do not wait for long.
pub(super) const SLICE: usize = 1_000;

/// The store of one directory.
pub(super) struct Environment {
    /// The directory's device and inode: one directory by two names is one store.
    identity: (u64, u64),
    pub(super) directory: Directory,
    /// How many forks there had been when it was opened.
    forks: u32,
    clock: Clock,
    /// The largest size that the file was to have.
    pub(super) map_size: AtomicU64,
    /// How many entries there may be, by and large.
    entries: u64,
    /// When it was last seen that the generation is current.
    looked: AtomicU64,
    /// Which keys this process runs for all.
    pub(super) rights: Arc<Rights>,
    /// Transactions hold the read half.
    pub(super) open: RwLock<Open>,
    pub(super) writes: Writes,
    /// The map was full once: see [`Environment::keep_reserve`].
    pub(super) is_tight: AtomicBool,
    /// How many handlers there are on it.
    pub(super) handlers: AtomicUsize,
    pub(super) steward: Arc<Steward>,
}

static ENVIRONMENTS: Mutex<Vec<Weak<Environment>>> = Mutex::new(Vec::new());

impl Environment {
    /// Opens the store in `cache_dir`, or joins those who have it open in this process. The caller counts among them, until
    /// [`Environment::leave`].
    pub(super) fn open(cache_dir: &Path, room: Room, clock: &Clock) -> Result<Arc<Self>, BackendError> {
        let forks = os::forks();
        private_directory(true).create(cache_dir).map_err(at("create the directory", cache_dir))?;
        let handle = File::open(cache_dir).map_err(at("open the directory", cache_dir))?;
        let metadata = handle.metadata().map_err(at("read the directory", cache_dir))?;
        if let Some(kind) = os::network_file_system(&handle).map_err(at("read the file system of", cache_dir))? {
            return Err(BackendError::new(format!(
                "the directory {} lies on a network file system ({kind}), where processes cannot share a map of it \
                 (use a local directory, or a redis handler to share results between machines)",
                cache_dir.display()
            )));
        }
        let identity = (metadata.dev(), metadata.ino());
        let mut environments = ENVIRONMENTS.lock().unwrap_or_else(PoisonError::into_inner);
        environments.retain(|environment| environment.strong_count() > 0);
        let known = environments.iter().filter_map(Weak::upgrade).find(|known| known.identity == identity);
        if let Some(known) = known {
            known.check_process()?;
            known.enlarge(room.map)?;
            known.handlers.fetch_add(1, Ordering::SeqCst);
            return Ok(known);
        }
        let cache_dir = fs::canonicalize(cache_dir).map_err(at("find", cache_dir))?;
        let directory = Directory::of(&cache_dir)?;
        let now = clock.wall();
        let open = Open::newest(&directory, None, room, now)?;
        let environment = Arc::new(Self {
            identity,
            directory,
            forks,
            clock: clock.clone(),
            map_size: AtomicU64::new(room.map),
            entries: room.entries,
            looked: AtomicU64::new(now),
            rights: Arc::default(),
            open: RwLock::new(open),
            writes: Writes::default(),
            is_tight: AtomicBool::new(false),
            handlers: AtomicUsize::new(1),
            steward: Arc::default(),
        });
        environments.push(Arc::downgrade(&environment));
        drop(environments);
        os::at_exit(steward::at_exit);
        // Without the thread, what is over goes with the writes to come.
        environment.begin_steward();
        Ok(environment)
    }

    /// Reads in one transaction: everything it sees was there at one moment.
    pub(super) fn read<T>(
        &self,
        now: u64,
        work: impl Fn(&Open, &RoTxn<'_>) -> heed::Result<T>,
    ) -> Result<T, BackendError> {
        self.check_process()?;
        self.look(now)?;
        self.attempt(now, |open| {
            let txn = open.env.read_txn()?;
            work(open, &txn)
        })
    }

    /// The open generation, if that takes no waiting and nothing hinders it. Before anything is read through its map, it is to be
    /// asked whether it [`is_seen_at`](Self::is_seen_at) this time.
    pub(super) fn glance(&self) -> Option<RwLockReadGuard<'_, Open>> {
        if self.is_of_this_process() { self.open.try_read().ok() } else { None }
    }

    /// Writes in one transaction, which is there as a whole or not at all. `work` gives the files to be removed behind it.
    pub(super) fn write(
        &self,
        now: u64,
        work: impl Fn(&Open, &mut RwTxn<'_>) -> heed::Result<Vec<String>>,
    ) -> Result<(), BackendError> {
        self.check_process()?;
        self.look(now)?;
        if self.is_tight.load(Ordering::Relaxed) {
            self.keep_reserve(now).map_err(explain)?;
        }
        loop {
            let left = self.attempt(now, |open| {
                let files = open.write(|txn| work(open, txn))?;
                files.iter().for_each(|file| open.values.remove(file));
                Ok((!open.chosen.is_current()).then_some(open.chosen.number))
            })?;
            // What was written to a generation that others have left is seen by nobody: an invalidation must not be
            // lost, so it is done again where they are.
            match left {
                Some(left) => self.replace(left, now)?,
                None => return Ok(()),
            }
        }
    }

    /// Writes to one part.
    pub(super) fn write_part<T: Send>(
        &self,
        part: PartId,
        now: u64,
        work: impl Fn(&mut Writer<'_, '_>) -> heed::Result<T>,
    ) -> Result<Option<T>, BackendError> {
        let made = Mutex::new(None);
        self.write(now, |open, txn| {
            let (done, files) = write_part(open, txn, part, now, &work)?;
            *made.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
            Ok(files)
        })?;
        Ok(made.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) const fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(super) fn now(&self) -> u64 {
        self.clock.wall()
    }

    /// Does `work` on the open generation, and again when what hindered it was put right.
    fn attempt<T>(&self, now: u64, work: impl Fn(&Open) -> heed::Result<T>) -> Result<T, BackendError> {
        let mut attempts = 0;
        loop {
            let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
            let error = match work(&open) {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            let number = open.chosen.number;
            drop(open);
            attempts += 1;
            if attempts == ATTEMPTS {
                return Err(explain(error));
            }
            match remedy(&error) {
                Remedy::MakeRoom => self.make_room(now).map_err(explain)?,
                Remedy::TakeSize => self.with_open(|open| open.resize(0)).map_err(explain)?,
                Remedy::FreeReaders => drop(self.with_open(|open| open.env.clear_stale_readers()).map_err(explain)?),
                Remedy::StartEmpty => self.replace(number, now)?,
                Remedy::None => return Err(explain(error)),
            }
        }
    }

    pub(super) fn is_of_this_process(&self) -> bool {
        os::forks() == self.forks
    }

    /// LMDB's locks and maps belong to the process that opened them.
    pub(super) fn check_process(&self) -> Result<(), BackendError> {
        if self.is_of_this_process() {
            return Ok(());
        }
        Err(BackendError::new(
            "this process was forked after the disk handler was opened, and cannot use what it inherited (build the \
             cache after the fork)",
        ))
    }

    /// Looks from time to time whether the generation can still be used, before anything is read through the map.
    pub(super) fn look(&self, now: u64) -> Result<(), BackendError> {
        if !self.is_seen_at(now) {
            self.follow(now)?;
            self.looked.store(now, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Whether that was looked at lately.
    pub(super) fn is_seen_at(&self, now: u64) -> bool {
        self.looked.load(Ordering::Relaxed) > now.saturating_sub(LOOK_EVERY)
    }

    /// Moves on to the current generation if this one was retired, or its file cut short.
    fn follow(&self, now: u64) -> Result<(), BackendError> {
        let left = {
            let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
            if open.chosen.is_current() && !open.was_cut() {
                return Ok(());
            }
            open.chosen.number
        };
        self.replace(left, now)
    }

    /// Opens a generation that is newer than `left`, unless another thread did so meanwhile.
    fn replace(&self, left: u64, now: u64) -> Result<(), BackendError> {
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        if open.chosen.number == left {
            let room = Room { map: self.map_size.load(Ordering::Relaxed), entries: self.entries };
            *open = Open::newest(&self.directory, Some(left), room, now)?;
        }
        Ok(())
    }

    /// Does `work` while no transaction of this process is active.
    fn with_open<T>(&self, work: impl FnOnce(&mut Open) -> heed::Result<T>) -> heed::Result<T> {
        work(&mut self.open.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lets the file grow to `map_size`, for a handler that asks for more than the one before it.
    fn enlarge(&self, map_size: u64) -> Result<(), BackendError> {
        if self.map_size.fetch_max(map_size, Ordering::Relaxed) < map_size {
            self.with_open(|open| open.resize(pages(map_size))).map_err(explain)?;
        }
        Ok(())
    }

    /// One who had it open has it no more; gives whether he was the last. Whoever comes now opens it anew.
    pub(super) fn leave(self: &Arc<Self>) -> bool {
        let mut environments = ENVIRONMENTS.lock().unwrap_or_else(PoisonError::into_inner);
        let was_last = self.handlers.fetch_sub(1, Ordering::SeqCst) == 1;
        if was_last {
            environments.retain(|environment| !std::ptr::eq(environment.as_ptr(), Arc::as_ptr(self)));
        }
        was_last
    }

    /// Says that this process leaves the store, while it has it open still: the process ends, and has no time to bring all of it to
    /// the disk.
    pub(super) fn take_leave(&self) {
        if let Ok(open) = self.open.try_read() {
            self.directory.leave(&open.chosen, || State::Left);
        }
    }

    /// The number of the current generation, and its files.
    pub(super) fn values(&self) -> (u64, Values) {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        (open.chosen.number, open.values.clone())
    }
}

impl Drop for Environment {
    fn drop(&mut self) {
        // A forked child has no part in the locks and marks of its parent.
        if self.is_of_this_process() {
            self.steward.close();
            let open = self.open.get_mut().unwrap_or_else(PoisonError::into_inner);
            let sync = || if open.env.force_sync().is_ok() { State::Clean } else { State::Left };
            self.directory.leave(&open.chosen, sync);
        }
    }
}

/// The environments that are open; none while one is being opened, which may be in the parent of a forked process.
pub(super) fn all() -> Vec<Arc<Environment>> {
    ENVIRONMENTS.try_lock().map_or_else(|_| Vec::new(), |all| all.iter().filter_map(Weak::upgrade).collect())
}

pub(super) fn write_part<T>(
    open: &Open,
    txn: &mut RwTxn<'_>,
    part: PartId,
    now: u64,
    work: impl FnOnce(&mut Writer<'_, '_>) -> heed::Result<T>,
) -> heed::Result<(T, Vec<String>)> {
    let numbers = Numbers::of(txn);
    let mut writer = Writer::new(open, txn, &numbers, part, now)?;
    let done = work(&mut writer)?;
    Ok((done, writer.finish()?))
}
