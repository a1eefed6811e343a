//! Where the data lies, and starting empty without pulling anything from under another process.
//!
//! ```text
//! {cache_dir}/v1/lock            held while a generation is chosen, begun, retired or removed
//! {cache_dir}/v1/flights         locked, a byte for each key, by whoever runs it for all: see `flight`
//! {cache_dir}/v1/{number}/       a generation, called by the date of its beginning; the newest is the current one
//!     mark                       the boot of the machine that writes to it, `dirty` or `clean`; retired without it
//!     in-use                     locked, shared, by every process that has it open
//!     data.mdb, lock.mdb         LMDB's
//! ```
//!
//! Data that cannot be trusted is left where it is, since others may have it mapped: its generation is retired and the
//! next one begun. Whoever still has the old one open sees that its mark is gone and moves on. It is removed when
//! nobody has it open any more. Nothing else in the directory is ever touched.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use cache_core::BackendError;

use super::check::check;
use super::error::at;
use super::os::{self, Lock};

/// The version of everything below it, so that two releases with different formats live side by side.
const FORMAT: &str = "v1";
const MARK: &str = "mark";
const IN_USE: &str = "in-use";
const DATA: &str = "data.mdb";
/// The last is what tells a generation from a directory of someone else.
const FILES: [&str; 4] = [MARK, DATA, "lock.mdb", IN_USE];

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
        chosen.write_mark(false)?;
        self.retire_others(number)?;
        Ok(chosen)
    }

    /// Why a generation is not to be used, if it is not.
    fn distrust(&self, number: u64, left: Option<u64>) -> Result<Option<String>, BackendError> {
        if left.is_some_and(|left| number <= left) {
            return Ok(Some("LMDB found it damaged, or it was retired".into()));
        }
        let path = self.path(number);
        match Mark::read(&path) {
            None => return Ok(Some("it was not begun whole, or was retired".into())),
            Some(mark) if !mark.can_be_trusted() => {
                return Ok(Some("the machine went down while it was in use, so writes may be missing".into()));
            }
            Some(_) => {}
        }
        let data = path.join(DATA);
        match check(&data, self.is_unused(number)) {
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

    /// Says that `chosen` is whole on the disk, after `sync` made it so, if no other process has it open.
    pub(super) fn leave(&self, chosen: &Chosen, sync: impl FnOnce() -> bool) {
        // Whoever holds it is about to open the generation, perhaps waiting for this process to close it: then there is
        // nothing to say.
        let Some(_held) = self.try_hold() else { return };
        let last = os::lock(&chosen.in_use, Lock::TryExclusive).unwrap_or(false);
        if last && chosen.is_current() && sync() {
            // Without the mark the store starts empty after a restart of the machine.
            let _ = chosen.write_mark(true);
        }
    }
}

impl Chosen {
    /// Whether it was not retired since it was chosen.
    pub(super) fn is_current(&self) -> bool {
        fs::symlink_metadata(self.path.join(MARK)).is_ok()
    }

    /// Writes the mark, through to the disk: it must never say `clean` of a store that is written to.
    fn write_mark(&self, clean: bool) -> Result<(), BackendError> {
        let path = self.path.join(MARK);
        let mark = Mark { boot: os::boot_id().unwrap_or_else(|| "unknown".into()), clean };
        if !clean && Mark::read(&self.path).is_some_and(|now| !now.clean && now.boot == mark.boot) {
            return Ok(());
        }
        let write = || {
            let file = open_private(&path)?;
            let text = mark.text();
            file.set_len(0)?;
            io::Write::write_all(&mut &file, text.as_bytes())?;
            file.sync_all()
        };
        write().map_err(at("write", &path))
    }
}

/// What a generation says about its last use.
struct Mark {
    boot: String,
    clean: bool,
}

impl Mark {
    fn read(generation: &Path) -> Option<Self> {
        let text = fs::read_to_string(generation.join(MARK)).ok()?;
        let (boot, state) = text.strip_suffix('\n')?.split_once(' ')?;
        let clean = match state {
            "clean" => true,
            "dirty" => false,
            _ => return None,
        };
        Some(Self { boot: boot.into(), clean })
    }

    fn text(&self) -> String {
        format!("{} {}\n", self.boot, if self.clean { "clean" } else { "dirty" })
    }

    /// What was written is there if it reached the disk, or if the machine has not gone down since.
    fn can_be_trusted(&self) -> bool {
        self.clean || os::boot_id().is_some_and(|boot| boot == self.boot)
    }
}

/// Says that the generation at `path` is in use, until the file is closed.
fn enter(path: &Path) -> Result<File, BackendError> {
    let path = path.join(IN_USE);
    let file = open_private(&path).map_err(at("open", &path))?;
    os::lock(&file, Lock::Shared).map_err(at("lock", &path))?;
    Ok(file)
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).mode(0o600).custom_flags(libc::O_NOFOLLOW);
    options
}

/// Opens a file that only this user can read, and makes it if it is not there.
fn open_private(path: &Path) -> io::Result<File> {
    options().create(true).truncate(false).open(path)
}

/// A builder of directories that only this user can enter.
pub(super) fn private_directory(recursive: bool) -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(recursive).mode(0o700);
    builder
}
