//! A generation that is open: LMDB's environment in it, with its tables.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cache_core::BackendError;
use heed::{Env, RwTxn};

use super::check::META_SIZE;
use super::error::{Remedy, explain, remedy};
use super::generation::{Chosen, Directory, LOCKS, fill, open_private};
use super::os;
use super::pages::{Locks, Pages};
use super::table::{Address, Tables};
use super::touched::Touched;
use super::values::Values;

/// How large a store may become.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    /// The size of the file, in bytes.
    pub(super) map: u64,
    pub(super) entries: u64,
}

/// A generation that is open. What says that it is in use goes last.
pub(super) struct Open {
    pub(super) env: Env,
    pub(super) tables: Tables,
    /// None where they cannot be mapped once more.
    pub(super) pages: Option<Pages>,
    pub(super) touched: Touched,
    pub(super) values: Values,
    file: File,
    /// How long the file was when it was last looked at. It never shrinks.
    length: AtomicU64,
    page_size: u64,
    pub(super) chosen: Chosen,
}

impl Open {
    /// Opens the current generation, which is newer than `left`.
    pub(super) fn newest(directory: &Directory, left: Option<u64>, room: Room, now: u64) -> Result<Self, BackendError> {
        let held = directory.hold()?;
        let chosen = directory.choose(&held, left, now)?;
        let number = chosen.number;
        let open = match Self::map(chosen, room) {
            Err(error) if remedy(&error) == Remedy::StartEmpty => {
                Self::map(directory.choose(&held, Some(number), now)?, room)
            }
            opened => opened,
        };
        let open = open.map_err(explain)?;
        open.chosen.write_files()?;
        Ok(open)
    }

    fn map(chosen: Chosen, room: Room) -> heed::Result<Self> {
        // Another thread may be just about to close the environment that it was the last to use.
        if let Some(closing) = heed::env_closing_event(&chosen.path) {
            closing.wait_timeout(Duration::from_secs(5));
        }
        let locks = reserve_locks(&chosen.path)?;
        let env = open_env(&chosen.path, room.map)?;
        // Claims this process's place among the readers, which fails where another process has the same id.
        drop(env.read_txn()?);
        env.clear_stale_readers()?;
        let tables = Tables::open(&env, chosen.number)?;
        let file = env.try_clone_inner_file()?;
        let page_size = u64::from(env.unnamed_database_stat().page_size);
        let length = AtomicU64::new(file.metadata()?.len());
        let touched = Touched::open(&chosen.path, room.entries);
        let values = Values::of(&chosen.path);
        let pages = match locks {
            Some(locks) => Pages::of(&env, &chosen.path, &file, locks, room.entries)?,
            None => None,
        };
        Ok(Self { env, tables, pages, touched, values, file, length, page_size, chosen })
    }

    /// Writes in one transaction.
    pub(super) fn write<T>(&self, work: impl FnOnce(&mut RwTxn<'_>) -> heed::Result<T>) -> heed::Result<T> {
        let mut txn = self.env.write_txn()?;
        self.lengthen()?;
        let done = work(&mut txn)?;
        txn.commit()?;
        Ok(done)
    }

    /// A hit is about to look for `address`.
    pub(super) fn fetch_hint(&self, address: &Address) {
        if let Some(pages) = &self.pages {
            pages.fetch_hint(address);
        }
    }

    /// Gives the map another size, while no transaction of this process is active; 0 takes over the size that another process
    /// gave it.
    pub(super) fn resize(&mut self, map_size: usize) -> heed::Result<()> {
        let size = if map_size == 0 { self.given_size()? } else { map_size };
        let env = &mut self.env;
        let mut resize = || {
            // LMDB gives up the map that it has first, and to read without one kills the process.
            os::has_room_for(size.saturating_sub(env.info().map_size))?;
            os::resize_env(env, map_size).map(|()| env.info().map_size)
        };
        self.pages = match self.pages.take() {
            Some(pages) => pages.resized(&self.file, resize)?,
            None => resize().map(|_| None)?,
        };
        Ok(())
    }

    /// The largest size that a process has given the map; 0 where the file's layout is another.
    fn given_size(&self) -> io::Result<usize> {
        if size_of::<usize>() != size_of::<u64>() {
            return Ok(0);
        }
        let (mut first, mut second) = ([0; 8], [0; 8]);
        self.file.read_exact_at(&mut first, META_SIZE)?;
        self.file.read_exact_at(&mut second, self.page_size + META_SIZE)?;
        let largest = u64::from_ne_bytes(first).max(u64::from_ne_bytes(second));
        Ok(usize::try_from(largest).unwrap_or(usize::MAX))
    }

    /// LMDB does not write pages at the end that a transaction took and gave back. The file is made as long as its
    /// metadata says, so that one that is shorter is known to have been cut. No other process writes meanwhile.
    fn lengthen(&self) -> heed::Result<()> {
        let needed = (self.env.info().last_page_number as u64 + 1) * self.page_size;
        let length = self.file.metadata()?.len();
        if length < needed {
            self.file.set_len(needed)?;
        }
        self.length.store(length.max(needed), Ordering::Relaxed);
        Ok(())
    }

    /// Whether the file is shorter than it was. Its map must not be read then: there is nothing behind its end, and
    /// that kills the process.
    pub(super) fn was_cut(&self) -> bool {
        self.file.metadata().is_ok_and(|found| found.len() < self.length.load(Ordering::Relaxed))
    }
}

/// Gives the file of LMDB's locks and readers all its room before it is mapped: to write to a page of a map for which
/// a full disk has none kills the process. Closing the file lets go of the locks that this process has on it, so it
/// must not be open here yet.
fn reserve_locks(generation: &Path) -> io::Result<Option<Locks>> {
    let file = open_private(&generation.join(LOCKS))?;
    fill(&file, os::LOCKS_LENGTH)?;
    Ok(Locks::of(&file))
}

/// Opens LMDB with a map of `map_size`, or of the largest part of it that this process may have: a limit on its
/// address space is no reason to have no cache.
fn open_env(generation: &Path, map_size: u64) -> heed::Result<Env> {
    const SMALLEST: u64 = 64 << 20;
    let mut size = map_size;
    loop {
        match os::open_env(generation, pages(size)) {
            Err(heed::Error::Io(error)) if error.kind() == io::ErrorKind::OutOfMemory && size > SMALLEST => size /= 2,
            opened => return opened,
        }
    }
}

/// `size` rounded up to whole pages of any machine.
pub(super) fn pages(size: u64) -> usize {
    const PAGE: u64 = 65_536;
    usize::try_from(size.div_ceil(PAGE).saturating_mul(PAGE)).unwrap_or(usize::MAX & !0xffff)
}
