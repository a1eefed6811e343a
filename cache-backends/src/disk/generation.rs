//! Where the data lies, and starting empty without pulling anything from under another process.
//!
//! ```text
//! {cache_dir}/v3/lock            held while a generation is chosen, begun, retired or removed
//! {cache_dir}/v3/flights         locked, a byte for each key, by whoever runs it for all: see `flight`
//! {cache_dir}/v3/{number}/       a generation, called by the date of its beginning; the newest is the current one
//!     mark                       in which state it was left; retired without it
//!     in-use                     locked, shared, by every process that has it open; says which files those are
//!     data.mdb, lock.mdb         LMDB's
//!     touched                    which entries were read lately
//!     values/                    large values, each in a file
//! ```
//!
//! Data that cannot be trusted is left where it is, since others may have it mapped: its generation is retired and the
//! next one begun. Whoever still has the old one open sees that its mark is gone and moves on. It is removed when
//! nobody has it open any more. Nothing else in the directory is ever touched.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use cache_core::BackendError;

use super::check::check;
use super::error::at;
use super::mark::{Mark, State};
use super::os::{self, Lock};
use super::touched;
use super::values::Values;

/// The version of everything below it, so that two releases with different formats live side by side. It is another one
/// whenever a row, a key, what numbers mean or what is counted of a row is: a process of another release may write meanwhile.
const FORMAT: &str = "v3";
pub(super) const MARK: &str = "mark";
const IN_USE: &str = "in-use";
pub(super) const DATA: &str = "data.mdb";
/// LMDB's locks and readers.
pub(super) const LOCKS: &str = "lock.mdb";
/// The last is what tells a generation from a directory of someone else.
const FILES: [&str; 5] = [MARK, DATA, LOCKS, touched::FILE, IN_USE];

/// The part of a `cache_dir` that is larder's.
#[derive(Debug)]
pub(super) struct Directory {
    root: PathBuf,
}

/// The lock under which generations change; let go when dropped.
#[derive(Debug)]
pub(super) struct Held(#[expect(dead_code, reason = "closing it lets go of the lock")] File);

/// A generation that was chosen, while it is in use.
#[derive(Debug)]
pub(super) struct Chosen {
    pub(super) number: u64,
    pub(super) path: PathBuf,
    in_use: File,
}

impl Directory {
    /// The part of `cache_dir`, which exists, that is larder's.
    pub(super) fn of(cache_dir: &Path) -> Result<Self, BackendError> {
        let directory = Self { root: cache_dir.join(FORMAT) };
        directory.create()?;
        Ok(directory)
    }

    fn create(&self) -> Result<(), BackendError> {
        private_directory(true).create(&self.root).map_err(at("create the directory", &self.root))?;
        // In a directory that others may write to, one of them could have put it there.
        let found = fs::symlink_metadata(&self.root).map_err(at("read the directory", &self.root))?;
        if found.is_dir() && found.uid() == os::user() {
            return Ok(());
        }
        Err(BackendError::new(format!(
            "{} is not a directory that belongs to the user of this program (remove it, or name another `cache_dir`)",
            self.root.display()
        )))
    }

    /// Waits until no other handle changes generations, and keeps others from it.
    pub(super) fn hold(&self) -> Result<Held, BackendError> {
        // Whoever removes a cache by hand while it is in use gets an empty one.
        self.create()?;
        let path = self.lock_path();
        let file = open_private(&path).map_err(at("open", &path))?;
        os::lock(&file, Lock::Exclusive).map_err(at("lock", &path))?;
        Ok(Held(file))
    }

    /// The same, unless another handle is at it.
    fn try_hold(&self) -> Option<Held> {
        let file = open_private(&self.lock_path()).ok()?;
        os::lock(&file, Lock::TryExclusive).ok()?.then_some(Held(file))
    }

    /// The file whose bytes stand for the runs of keys, opened anew.
    pub(super) fn flights(&self) -> io::Result<File> {
        open_private(&self.root.join("flights"))
    }

    fn lock_path(&self) -> PathBuf {
        self.root.join("lock")
    }

    /// The generation to use: the newest, if it can be trusted and is newer than `left`, or else one that is begun now.
    pub(super) fn choose(&self, _held: &Held, left: Option<u64>, now: u64) -> Result<Chosen, BackendError> {
        let newest = self.generations()?.into_iter().max();
        let number = match newest {
            Some(newest) => match self.distrust(newest, left)? {
                None => newest,
                Some(reason) => {
                    let path = self.path(newest);
                    log::warn!("the store in {} is not used any more: {reason}; starting empty", path.display());
                    self.begin(newest, left, now)?
                }
            },
            None => self.begin(0, left, now)?,
        };
        let path = self.path(number);
        let chosen = Chosen { number, in_use: enter(&path)?, path };
        Mark::write(&chosen.path, State::InUse)?;
        self.retire_others(number)?;
        Ok(chosen)
    }

    /// Why a generation is not to be used, if it is not.
    fn distrust(&self, number: u64, left: Option<u64>) -> Result<Option<String>, BackendError> {
        if left.is_some_and(|left| number <= left) {
            return Ok(Some("LMDB found it damaged, or it was retired".into()));
        }
        let path = self.path(number);
        let Some(mark) = Mark::read(&path) else {
            return Ok(Some("it was not begun whole, or was retired".into()));
        };
        if !mark.can_be_trusted() {
            return Ok(Some("the machine went down while it was in use, so writes may be missing".into()));
        }
        let (data, unused) = (path.join(DATA), self.is_unused(number));
        // Two processes on one of LMDB's files, each with another one beside it, would overwrite each other's pages.
        if !unused && were_replaced(&path) {
            return Ok(Some("its files were removed or replaced while it was in use".into()));
        }
        match check(&data, unused && !mark.is_untouched(&path)) {
            Ok(Ok(())) => Ok(None),
            Ok(Err(reason)) => Ok(Some(reason.into())),
            // A generation that was begun and never opened.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(at("read", &data)(error)),
        }
    }

    /// Whether nobody has a generation open. While the lock is held, nobody opens it either.
    fn is_unused(&self, number: u64) -> bool {
        let in_use = options().open(self.path(number).join(IN_USE));
        in_use.and_then(|file| os::lock(&file, Lock::TryExclusive)).unwrap_or(false)
    }

    /// Begins a generation that is newer than every other. Its number is the date, so that no other has it who
    /// still has one open in a directory that was removed by hand.
    fn begin(&self, newest: u64, left: Option<u64>, now: u64) -> Result<u64, BackendError> {
        let number = now.max(newest.saturating_add(1)).max(left.unwrap_or(0).saturating_add(1));
        let path = self.path(number);
        private_directory(false).create(&path).map_err(at("create the directory", &path))?;
        Ok(number)
    }

    /// Retires every generation but `current`, and removes those that nobody has open.
    fn retire_others(&self, current: u64) -> Result<(), BackendError> {
        for number in self.generations()? {
            if number == current {
                continue;
            }
            let path = self.path(number);
            // Without this file it is not a generation of larder's, whatever it is called.
            let Ok(in_use) = options().open(path.join(IN_USE)) else { continue };
            // What cannot be removed now is tried again when the next handler opens.
            let _ = fs::remove_file(path.join(MARK));
            if os::lock(&in_use, Lock::TryExclusive).unwrap_or(false) {
                Values::of(&path).remove_all();
                for file in FILES {
                    let _ = fs::remove_file(path.join(file));
                }
                let _ = fs::remove_dir(&path);
            }
        }
        Ok(())
    }

    fn generations(&self) -> Result<Vec<u64>, BackendError> {
        let entries = fs::read_dir(&self.root).map_err(at("list", &self.root))?;
        let names = entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        Ok(names
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                // Only names as they are written here: no sign, no leading zero.
                name.parse::<u64>().ok().filter(|number| number.to_string() == name)
            })
            .collect())
    }

    fn path(&self, number: u64) -> PathBuf {
        self.root.join(number.to_string())
    }

    /// Says what state `chosen` is left in, if no other process has it open.
    pub(super) fn leave(&self, chosen: &Chosen, state: impl FnOnce() -> State) {
        // Whoever holds it is about to open the generation, perhaps waiting for this process to close it: then there is
        // nothing to say.
        let Some(_held) = self.try_hold() else { return };
        let last = os::lock(&chosen.in_use, Lock::TryExclusive).unwrap_or(false);
        if last && chosen.is_current() {
            // Without it the store is looked through when it is opened, and starts empty after a restart of the machine.
            let _ = Mark::write(&chosen.path, state());
        }
    }
}

impl Chosen {
    /// Whether it was not retired since it was chosen.
    pub(super) fn is_current(&self) -> bool {
        fs::symlink_metadata(self.path.join(MARK)).is_ok()
    }

    /// Says which files this process has open, now that it has.
    pub(super) fn write_files(&self) -> Result<(), BackendError> {
        let files = files(&self.path).and_then(|files| self.in_use.write_all_at(&files, 0));
        files.map_err(at("write", &self.path.join(IN_USE)))
    }
}

/// Says that the generation at `path` is in use, until the file is closed.
fn enter(path: &Path) -> Result<File, BackendError> {
    let path = path.join(IN_USE);
    let file = open_private(&path).map_err(at("open", &path))?;
    os::lock(&file, Lock::Shared).map_err(at("lock", &path))?;
    Ok(file)
}

/// Which files LMDB's are in the generation at `path`: their inodes.
fn files(path: &Path) -> io::Result<[u8; 16]> {
    let inode = |name| fs::symlink_metadata(path.join(name)).map(|found| found.ino());
    let files = u128::from(inode(DATA)?) << 64 | u128::from(inode(LOCKS)?);
    Ok(files.to_le_bytes())
}

/// Whether LMDB's files in the generation at `path` are others than those that whoever uses it has open.
fn were_replaced(path: &Path) -> bool {
    let open = fs::read(path.join(IN_USE)).ok();
    let open = open.as_ref().and_then(|text| text.first_chunk());
    open.is_some_and(|open| files(path).ok().as_ref() != Some(open))
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).mode(0o600).custom_flags(libc::O_NOFOLLOW);
    options
}

/// Opens a file that only this user can read, and makes it if it is not there.
pub(super) fn open_private(path: &Path) -> io::Result<File> {
    options().create(true).truncate(false).open(path)
}

/// Makes a file `length` bytes long by writing zeros: all of it has its room on the disk then. A file that is mapped and written to
/// by its map must not be one with holes, or the process is ended by a signal when the disk is full.
pub(super) fn fill(file: &File, length: u64) -> io::Result<()> {
    let there = file.metadata()?.len();
    let missing = usize::try_from(length.saturating_sub(there)).unwrap_or(0);
    file.write_all_at(&vec![0; missing], there)
}

/// Makes a file that only this user can read, and that was not there.
pub(super) fn create_private(path: &Path) -> io::Result<File> {
    options().create_new(true).open(path)
}

/// A builder of directories that only this user can enter.
pub(super) fn private_directory(recursive: bool) -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(recursive).mode(0o700);
    builder
}
