//! What a generation says of its last use: whether all of it reached the disk, and whether anyone touched it since.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::Path;
use std::time::{Duration, SystemTime};

use cache_core::{BackendError, Epoch};

use super::error::at;
use super::generation::{DATA, MARK, open_private};
use super::os;

/// What a generation says of its last use.
pub(super) struct Mark {
    boot: String,
    state: State,
    /// What its data file looked like when the last who used it had left.
    stamp: Option<String>,
}

/// What became of what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It is in use, or who used it was killed.
    InUse,
    /// Who used it has left; the machine may not have brought all of it to the disk.
    Left,
    /// All of it is on the disk.
    Clean,
}

impl State {
    const ALL: [Self; 3] = [Self::InUse, Self::Left, Self::Clean];

    const fn word(self) -> &'static str {
        match self {
            Self::InUse => "dirty",
            Self::Left => "left",
            Self::Clean => "clean",
        }
    }
}

impl Mark {
    pub(super) fn read(generation: &Path) -> Option<Self> {
        let text = fs::read_to_string(generation.join(MARK)).ok()?;
        // Behind it may be the end of what it said before: it is written over, and only then cut.
        let (line, _) = text.split_once('\n')?;
        let mut words = line.split(' ');
        let (boot, word) = (words.next()?.into(), words.next()?);
        let state = State::ALL.into_iter().find(|state| state.word() == word)?;
        Some(Self { boot, state, stamp: words.next().map(str::to_owned) })
    }

    /// Says that the generation is in this `state` now. That it is in use is on the disk before anything else is: nothing may
    /// ever say of a store that is written to that it is clean.
    pub(super) fn write(generation: &Path, state: State) -> Result<(), BackendError> {
        let boot = os::boot_id().unwrap_or_else(|| "unknown".into());
        let known = Self::read(generation).is_some_and(|now| now.state == State::InUse && now.boot == boot);
        if known && state == State::InUse {
            return Ok(());
        }
        let stamp = if state == State::InUse { None } else { new_stamp(&generation.join(DATA)).ok() };
        let path = generation.join(MARK);
        Self { boot, state, stamp }.write_to(&path).map_err(at("write", &path))
    }

    fn write_to(&self, path: &Path) -> io::Result<()> {
        let Self { boot, state, stamp } = self;
        let stamp = stamp.as_ref().map_or_else(String::new, |stamp| format!(" {stamp}"));
        let text = format!("{boot} {}{stamp}\n", state.word());
        let file = open_private(path)?;
        // Over what it says now: a mark that is empty for a moment would lose the store to whoever is killed in
        // it, or finds the disk full.
        file.write_all_at(text.as_bytes(), 0)?;
        file.set_len(text.len() as u64)?;
        // That who used it has left matters to this boot only.
        if *state == State::Left { Ok(()) } else { file.sync_all() }
    }

    /// What was written is there if it reached the disk, or if the machine has not gone down since.
    pub(super) fn can_be_trusted(&self) -> bool {
        self.state == State::Clean || os::boot_id().is_some_and(|boot| boot == self.boot)
    }

    /// Nobody has written to the data file since those who used it left: it need not be looked through.
    pub(super) fn is_untouched(&self, generation: &Path) -> bool {
        let now = File::open(generation.join(DATA)).and_then(|file| stamp(&file));
        self.stamp.is_some() && self.stamp == now.ok()
    }
}

/// What changes whenever the file does: its length, and a time of change that nobody else sets.
fn stamp(file: &File) -> io::Result<String> {
    let metadata = file.metadata()?;
    Ok(format!("{}-{}-{}-{}", metadata.ino(), metadata.len(), metadata.mtime(), metadata.mtime_nsec()))
}

/// Gives the file a time of change of its own, long ago: any write from now on changes it, also one in the same tick of the
/// system's clock.
fn new_stamp(path: &Path) -> io::Result<String> {
    let file = File::options().read(true).write(true).open(path)?;
    let random = u64::from_le_bytes(*Epoch::random().to_bytes().first_chunk().unwrap_or(&[0; 8]));
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_nanos(random >> 4))?;
    stamp(&file)
}
