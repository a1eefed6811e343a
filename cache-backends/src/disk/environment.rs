//! The store of one directory: opened once in a process, shared by every handler that names the directory, and what
//! is done when LMDB says no.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};

use cache_core::BackendError;
use heed::{Env, RoTxn, RwTxn};

use super::error::{Remedy, at, explain, remedy};
use super::flight::Rights;
use super::generation::{Directory, private_directory};
use super::open::{Open, pages};
use super::os;
use super::queue::Counters;
use super::table::{PART, PartId, Tables};
use super::writer::Writer;

/// How often, in milliseconds, a handle that only reads looks whether its generation was retired.
const LOOK_EVERY: u64 = 100;
/// How often an operation is tried again after what hindered it was put right.
const ATTEMPTS: usize = 4;
/// How many entries go at once where the map is full, at least.
const BATCH: usize = 64;
/// How many rows one transaction removes where there are many, so that other writers do not wait for long.
pub(super) const SLICE: usize = 1_000;

/// The store of one directory.
pub(super) struct Environment {
    /// The directory's device and inode: one directory by two names is one store.
    identity: (u64, u64),
    pub(super) directory: Directory,
    /// How many forks there had been when it was opened.
    forks: u32,
    /// The largest size that the file was to have.
    map_size: AtomicU64,
    /// When it was last seen that the generation is current.
    looked: AtomicU64,
    /// Which keys this process runs for all.
    pub(super) rights: Arc<Rights>,
    /// Transactions hold the read half.
    open: RwLock<Open>,
}

static ENVIRONMENTS: Mutex<Vec<Weak<Environment>>> = Mutex::new(Vec::new());

impl Environment {
    /// Opens the store in `cache_dir`, or joins those who have it open in this process.
    pub(super) fn open(cache_dir: &Path, map_size: u64, now: u64) -> Result<Arc<Self>, BackendError> {
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
            known.enlarge(map_size)?;
            return Ok(known);
        }
        let cache_dir = fs::canonicalize(cache_dir).map_err(at("find", cache_dir))?;
        let directory = Directory::of(&cache_dir)?;
        let open = Open::newest(&directory, None, map_size, now)?;
        let environment = Arc::new(Self {
            identity,
            directory,
            forks,
            map_size: AtomicU64::new(map_size),
            looked: AtomicU64::new(now),
            rights: Arc::default(),
            open: RwLock::new(open),
        });
        environments.push(Arc::downgrade(&environment));
        drop(environments);
        environment.sweep(now)?;
        Ok(environment)
    }

    /// Reads in one transaction: everything it sees was there at one moment.
    pub(super) fn read<T>(
        &self,
        now: u64,
        work: impl Fn(&Tables, &RoTxn<'_>) -> heed::Result<T>,
    ) -> Result<T, BackendError> {
        self.check_process()?;
        if self.looked.load(Ordering::Relaxed) <= now.saturating_sub(LOOK_EVERY) {
            self.follow(now)?;
            self.looked.store(now, Ordering::Relaxed);
        }
        self.attempt(now, |open| {
            let txn = open.env.read_txn()?;
            work(&open.tables, &txn)
        })
    }

    /// Writes in one transaction, which is there as a whole or not at all.
    pub(super) fn write<T>(
        &self,
        now: u64,
        work: impl Fn(&Tables, &mut RwTxn<'_>) -> heed::Result<T>,
    ) -> Result<T, BackendError> {
        self.check_process()?;
        loop {
            let (done, left) = self.attempt(now, |open| {
                let done = open.write(|txn| work(&open.tables, txn))?;
                Ok((done, (!open.chosen.is_current()).then_some(open.chosen.number)))
            })?;
            // What was written to a generation that others have left is seen by nobody: an invalidation must not be
            // lost, so it is done again where they are.
            match left {
                Some(left) => self.replace(left, now)?,
                None => return Ok(done),
            }
        }
    }

    /// Writes to one part.
    pub(super) fn write_part<T>(
        &self,
        part: PartId,
        now: u64,
        work: impl Fn(&mut Writer<'_, '_>) -> heed::Result<T>,
    ) -> Result<T, BackendError> {
        self.write(now, |tables, txn| write_part(tables, txn, part, now, &work))
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
                Remedy::TakeSize => self.with_env(|env| os::resize_env(env, 0)).map_err(explain)?,
                Remedy::FreeReaders => drop(self.with_env(|env| env.clear_stale_readers()).map_err(explain)?),
                Remedy::StartEmpty => self.replace(number, now)?,
                Remedy::None => return Err(explain(error)),
            }
        }
    }

    /// LMDB's locks and maps belong to the process that opened them.
    fn check_process(&self) -> Result<(), BackendError> {
        if os::forks() == self.forks {
            return Ok(());
        }
        Err(BackendError::new(
            "this process was forked after the disk handler was opened, and cannot use what it inherited (build the \
             cache after the fork)",
        ))
    }

    /// Moves on to the current generation if this one was retired.
    fn follow(&self, now: u64) -> Result<(), BackendError> {
        let left = {
            let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
            if open.chosen.is_current() {
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
            *open = Open::newest(&self.directory, Some(left), self.map_size.load(Ordering::Relaxed), now)?;
        }
        Ok(())
    }

    /// Does `work` while no transaction of this process is active.
    fn with_env<T>(&self, work: impl FnOnce(&mut Env) -> heed::Result<T>) -> heed::Result<T> {
        work(&mut self.open.write().unwrap_or_else(PoisonError::into_inner).env)
    }

    /// Lets the file grow to `map_size`, for a handler that asks for more than the one before it.
    fn enlarge(&self, map_size: u64) -> Result<(), BackendError> {
        if self.map_size.fetch_max(map_size, Ordering::Relaxed) < map_size {
            self.with_env(|env| os::resize_env(env, pages(map_size))).map_err(explain)?;
        }
        Ok(())
    }

    /// Makes room in a map that is full: pages that readers which are gone still hold, what has expired, and the
    /// oldest entries, or tombstones, of the largest part. Removing needs a few pages too; where there are not even those, the map
    /// grows a little, up to a quarter more than it was to have.
    fn make_room(&self, now: u64) -> heed::Result<()> {
        let evict = |open: &Open| {
            open.env.clear_stale_readers()?;
            open.write(|txn| evict_largest(&open.tables, txn, now))
        };
        let full = {
            let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
            match evict(&open) {
                Err(error) if remedy(&error) == Remedy::MakeRoom => error,
                done => return done,
            }
        };
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        let wanted = self.map_size.load(Ordering::Relaxed);
        let size = open.env.info().map_size as u64;
        let larger = (size + wanted / 16).min(wanted + wanted / 4);
        if larger <= size {
            return Err(full);
        }
        os::resize_env(&mut open.env, pages(larger))?;
        evict(&open)
    }

    /// Removes what has expired in every part, also in those whose handler is not used any more.
    fn sweep(&self, now: u64) -> Result<(), BackendError> {
        let parts = self.read(now, |tables, txn| {
            let rows = tables.parts.iter(txn)?;
            Ok(rows.flatten().filter_map(|(part, _)| PartId::try_from(part).ok()).collect::<Vec<_>>())
        })?;
        for part in parts {
            // Most often nothing has, and a transaction that changes nothing writes nothing.
            while self.write_part(part, now, |writer| writer.expire(SLICE))? >= SLICE {}
        }
        Ok(())
    }
}

impl Drop for Environment {
    fn drop(&mut self) {
        // A forked child has no part in the locks and marks of its parent.
        if os::forks() == self.forks {
            let open = self.open.get_mut().unwrap_or_else(PoisonError::into_inner);
            self.directory.leave(&open.chosen, || open.env.force_sync().is_ok());
        }
    }
}

pub(super) fn write_part<T>(
    tables: &Tables,
    txn: &mut RwTxn<'_>,
    part: PartId,
    now: u64,
    work: impl FnOnce(&mut Writer<'_, '_>) -> heed::Result<T>,
) -> heed::Result<T> {
    let mut writer = Writer::new(tables, txn, part, now)?;
    let done = work(&mut writer)?;
    writer.finish()?;
    Ok(done)
}

fn evict_largest(tables: &Tables, txn: &mut RwTxn<'_>, now: u64) -> heed::Result<()> {
    let parts = tables.parts.iter(txn)?.flatten();
    let largest = parts
        .filter_map(|(part, row)| Some((*part.first_chunk::<PART>()?, Counters::parse(row))))
        .max_by_key(|(_, counters)| counters.bytes());
    let Some((part, counters)) = largest else { return Ok(()) };
    write_part(tables, txn, part, now, |writer| {
        if writer.expire(BATCH)? == 0 {
            let queue = counters.larger();
            let batch = BATCH.max(usize::try_from(counters.of(queue).rows / 16).unwrap_or(SLICE).min(SLICE));
            writer.remove_before(queue, u64::MAX, batch)?;
        }
        Ok(())
    })
}
