//! Which entries were read since they were last thought of as going: a bit for each, in memory that all processes share.
//!
//! A hit sets its bit, and writes nothing to the store. Two entries may have the same bit: then one of them stays a little
//! longer. All of them together should fit into the processor's caches, as each hit looks at one. Where there is no room for the file nothing is remembered, and the oldest go first.

use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};

use super::generation::{fill, open_private};
use super::maps::Shared;
use super::table::HASH;

pub(super) const FILE: &str = "touched";

/// How many bytes there are at least and at most, powers of two.
const LEAST: u64 = 4_096;
const MOST: u64 = 1 << 20;
/// A byte is for so many of the entries that there may be.
const A_BYTE: u64 = 4;

/// The bytes of one generation.
#[derive(Debug)]
pub(super) struct Touched(Option<Shared>);

impl Touched {
    /// Those of the generation at `path`, made for about `entries` if they are not there.
    pub(super) fn open(path: &Path, entries: u64) -> Self {
        Self(open_private(&path.join(FILE)).ok().and_then(|file| map(&file, entries)))
    }

    /// The byte of what has this hash, and its bit in it.
    fn bit(&self, hash: &[u8; HASH]) -> Option<(&AtomicU8, u8)> {
        let bytes = self.0.as_ref()?.bytes();
        let place = usize::from_le_bytes(*hash.first_chunk()?);
        let bit = hash.last().map(|last| 1 << (last & 7))?;
        Some((bytes.get(place & (bytes.len() - 1))?, bit))
    }

    /// What has this hash was read.
    pub(super) fn touch(&self, hash: &[u8; HASH]) {
        if let Some((byte, bit)) = self.bit(hash)
            && byte.load(Ordering::Relaxed) & bit == 0
        {
            byte.fetch_or(bit, Ordering::Relaxed);
        }
    }

    /// Whether what has this hash was read since this was asked before.
    pub(super) fn take(&self, hash: &[u8; HASH]) -> bool {
        self.bit(hash).is_some_and(|(byte, bit)| {
            byte.load(Ordering::Relaxed) & bit != 0 && byte.fetch_and(!bit, Ordering::Relaxed) & bit != 0
        })
    }
}

fn map(file: &File, entries: u64) -> Option<Shared> {
    let there = file.metadata().ok()?.len();
    let wanted = match there {
        0 => entries / A_BYTE,
        // Whoever made it knew how many. It may have ended half-way.
        _ => Some(there).filter(|there| *there <= MOST)?,
    };
    let length = wanted.clamp(LEAST, MOST).next_power_of_two();
    if fill(file, length).is_err() {
        // What little room there is, is for entries.
        let _ = file.set_len(there);
        return None;
    }
    Shared::map(file, usize::try_from(length).ok()?).ok()
}
