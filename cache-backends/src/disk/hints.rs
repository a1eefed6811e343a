//! Where rows lie in the state of the store that was last looked at: while nobody writes, a hit reads one place and walks no tree.
//!
//! A hint is of one state, by its number, and says nothing of any other. It is where a row was found, so it names a place that
//! belongs to that state; whose row it is that lies there is for the reader to compare.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use super::maps::fetch;
use super::table::Address;

/// How many there are at least and at most, powers of two: all of them should fit into the processor's caches.
const LEAST: u64 = 1 << 10;
const MOST: u64 = 1 << 16;

/// Those that may be an address's: they lie in one line of a cache.
const WAYS: usize = 8;

/// In each, from the top: 24 bits of the state's number, 8 of the address, and where the row lies, in units of two bytes. Of what
/// lies further than that there are none.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Line([AtomicU64; WAYS]);

#[derive(Debug)]
pub(super) struct Hints {
    lines: Box<[Line]>,
    /// The number of the state that is the first.
    first: u64,
}

const NUMBER_BITS: u32 = 24;
const TAG_BITS: u32 = 8;

impl Hints {
    /// For about `entries`, from the state `first` on.
    pub(super) fn new(entries: u64, first: u64) -> Self {
        let count = entries.saturating_mul(2).clamp(LEAST, MOST).next_power_of_two();
        Self { lines: (0..count / WAYS as u64).map(|_| Line::default()).collect(), first }
    }

    /// The hints that may be for `address`, and the upper half of one that is. When the bits of the number come again, an address has
    /// another line, and when all lines have come, another tag: what was left alone for so long is not taken for what it was. When
    /// all tags have come too, after 2^39 states at least, there are no hints any more.
    #[inline]
    fn of(&self, address: &Address, number: u64) -> Option<(&Line, u32)> {
        let hash = u64::from_le_bytes(*address.last_chunk()?);
        let lap = (number >> NUMBER_BITS).wrapping_sub(self.first >> NUMBER_BITS);
        let (laps, line) = (lap >> self.lines.len().trailing_zeros(), (hash >> TAG_BITS).wrapping_add(lap));
        let tag = hash as u8 ^ u8::try_from(laps).ok()?;
        let line = self.lines.get(line as usize & (self.lines.len() - 1))?;
        Some((line, (number as u32) << TAG_BITS | u32::from(tag)))
    }

    /// Has what is known of `address` come from memory before it is asked for.
    pub(super) fn fetch(&self, address: &Address, number: u64) {
        if let Some((line, _)) = self.of(address, number) {
            fetch(line);
        }
    }

    /// Where the row of `address` may lie in the state `number`.
    #[inline]
    pub(super) fn get(&self, address: &Address, number: u64) -> Option<usize> {
        let (line, upper) = self.of(address, number)?;
        let hint = line.0.iter().map(|hint| hint.load(Relaxed)).find(|hint| (hint >> 32) as u32 == upper)?;
        // None lies at the very beginning.
        Some((hint as u32 as usize) << 1).filter(|place| *place > 0)
    }

    /// The row of `address` was found at `place`. Hints that stand are left alone: threads that look for rows with the same ones would
    /// write to them by turns.
    pub(super) fn learn(&self, address: &Address, number: u64, place: usize) {
        let (Some((line, upper)), Ok(place)) = (self.of(address, number), u32::try_from(place >> 1)) else { return };
        let is_over = |hint: &&AtomicU64| (hint.load(Relaxed) >> 32) as u32 >> TAG_BITS != upper >> TAG_BITS;
        if let Some(hint) = line.0.iter().find(is_over) {
            hint.store(u64::from(upper) << 32 | u64::from(place), Relaxed);
        }
    }
}

#[cfg(test)]
mod tests;
