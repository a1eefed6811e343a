//! Large values, in files of their own: the store's file would not give their room back, and writing it would take all other
//! writers' turns.
//!
//! A file is written whole before the row that names it is, under a name that nobody had before, and is removed behind the
//! transaction that removes the row. So what a row names is whole, or gone: then it is a miss. What no row names was left by
//! a process that ended in between, and is swept away.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use cache_core::Epoch;

use super::generation::{create_private, private_directory};
use super::table::{ADDRESS, Address};

pub(super) const FOLDER: &str = "values";

/// From how many bytes on a value has a file of its own.
pub(super) const LARGE: usize = 256 << 10;
/// How old a file is at least that is swept away: its row may be about to be written.
const YOUNG: Duration = Duration::from_secs(600);

const NUMBER: usize = 16;
const LENGTH: usize = 8;
/// How much of a value its row has too: what `Seen` compares.
const HEAD: usize = 64;

/// A value in a file of its own, as its row names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct InFile<'a> {
    number: [u8; NUMBER],
    pub(super) length: u64,
    /// The beginning of the value.
    pub(super) head: &'a [u8],
}

impl<'a> InFile<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (number, rest) = bytes.split_first_chunk::<NUMBER>()?;
        let (length, head) = rest.split_first_chunk::<LENGTH>()?;
        Some(Self { number: *number, length: u64::from_le_bytes(*length), head })
    }

    pub(super) fn is(&self, number: &[u8]) -> bool {
        self.number == number
    }

    pub(super) fn row(&self) -> Vec<u8> {
        [&self.number[..], &self.length.to_le_bytes(), self.head].concat()
    }

    /// What its file is called.
    pub(super) fn name(&self, address: &Address) -> String {
        format!("{}-{:032x}", Hex(address), u128::from_be_bytes(self.number))
    }
}

struct Hex<'a>(&'a [u8]);

impl std::fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What the name of a file says: where its row is, and the number there. None of a name that is not larder's.
fn parse_name(name: &str) -> Option<(Address, [u8; NUMBER])> {
    let (address, number) = name.split_once('-')?;
    let is_hex = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if address.len() != 2 * ADDRESS || number.len() != 2 * NUMBER || !is_hex(address) || !is_hex(number) {
        return None;
    }
    let mut bytes = [0; ADDRESS];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(address.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some((bytes, u128::from_str_radix(number, 16).ok()?.to_be_bytes()))
}

/// The large values of one generation.
#[derive(Clone, Debug)]
pub(super) struct Values(PathBuf);

/// A file that was written, and goes again unless it is [kept](Written::keep).
#[derive(Debug)]
pub(super) struct Written {
    path: PathBuf,
    /// What its row holds.
    pub(super) row: Vec<u8>,
}

impl Values {
    pub(super) fn of(generation: &Path) -> Self {
        Self(generation.join(FOLDER))
    }

    /// Writes `bytes` into a file of their own.
    pub(super) fn write(&self, address: &Address, bytes: &[u8]) -> io::Result<Written> {
        let head = &bytes[..HEAD.min(bytes.len())];
        let value = InFile { number: Epoch::random().to_bytes(), length: bytes.len() as u64, head };
        // Only in a generation that is there: a retired one is not to be begun again.
        match private_directory(false).create(&self.0) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        let written = Written { path: self.0.join(value.name(address)), row: value.row() };
        create_private(&written.path)?.write_all(bytes)?;
        Ok(written)
    }

    /// The value, unless it is gone.
    pub(super) fn read(&self, name: &str, length: u64) -> io::Result<Option<Vec<u8>>> {
        let file = match File::open(self.0.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        // A file that is shorter or longer is not what was written, and is not read into memory to find that out.
        if file.metadata()?.len() != length {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        let room = usize::try_from(length).map_err(io::Error::other)?;
        bytes.try_reserve_exact(room).map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
        file.take(length).read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }

    /// Removes a file whose row is gone. One that cannot be removed now is swept away later.
    pub(super) fn remove(&self, name: &str) {
        let _ = fs::remove_file(self.0.join(name));
    }

    /// Removes the files that no row names; `names` is asked whether the row at an address does. Files that are not larder's
    /// stay.
    pub(super) fn sweep(&self, names: impl Fn(&Address, &[u8]) -> bool) {
        for file in fs::read_dir(&self.0).into_iter().flatten().flatten() {
            let is_young = || {
                let age = file.metadata().ok().and_then(|metadata| metadata.modified().ok()?.elapsed().ok());
                age.is_none_or(|age| age < YOUNG)
            };
            let Some((address, number)) = file.file_name().to_str().and_then(parse_name) else { continue };
            if !is_young() && !names(&address, &number) {
                let _ = fs::remove_file(file.path());
            }
        }
    }

    /// Removes all of them, with their folder if nothing else is in it.
    pub(super) fn remove_all(&self) {
        for file in fs::read_dir(&self.0).into_iter().flatten().flatten() {
            if file.file_name().to_str().and_then(parse_name).is_some() {
                let _ = fs::remove_file(file.path());
            }
        }
        let _ = fs::remove_dir(&self.0);
    }
}

impl Written {
    /// Its row was written.
    pub(super) fn keep(mut self) {
        self.path.clear();
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            let _ = fs::remove_file(&self.path);
        }
    }
}
