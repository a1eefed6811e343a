//! Where rows lie in the state of the store that was last looked at: while nobody writes, a hit reads one place and walks no tree.
//!
//! A hint is of one state, by its number, and says nothing of any other. It is where a row was found, so it names a place that
//! belongs to that state; whose row it is that lies there is for the reader to compare.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use super::table::Address;

/// How many there are at least and at most, powers of two: all of them should fit into the processor's caches.
const LEAST: u64 = 1 << 10;
const MOST: u64 = 1 << 16;

/// In each, the lower half of the state's number, and where the row lies, in units of two bytes. Of what lies further than that
/// there are none.
#[derive(Debug)]
pub(super) struct Hints(Box<[AtomicU64]>);

impl Hints {
    /// For about `entries`.
    pub(super) fn new(entries: u64) -> Self {
        let count = entries.saturating_mul(2).clamp(LEAST, MOST).next_power_of_two();
        Self((0..count).map(|_| AtomicU64::new(0)).collect())
    }

    /// The hint for `address`. When numbers have the same lower halves again, addresses have other hints: one that was left
    /// alone for so long is another row's.
    #[inline]
    fn of(&self, address: &Address, number: u64) -> Option<&AtomicU64> {
        let hash = u64::from_le_bytes(*address.last_chunk()?);
        let place = hash.wrapping_add((number >> 32).wrapping_mul(0x9e37_79b9));
        self.0.get(place as usize & (self.0.len() - 1))
    }

    /// Where the row of `address` may lie in the state `number`.
    #[inline]
    pub(super) fn get(&self, address: &Address, number: u64) -> Option<usize> {
        let hint = self.of(address, number)?.load(Relaxed);
        (hint >> 32 == number & u64::from(u32::MAX) && hint as u32 != 0).then_some((hint as u32 as usize) << 1)
    }

    /// The row of `address` was found at `place`. A hint that stands is left alone: threads that look for rows with the same hint
    /// would write to it by turns.
    pub(super) fn learn(&self, address: &Address, number: u64, place: usize) {
        let (Some(hint), Ok(place)) = (self.of(address, number), u32::try_from(place >> 1)) else { return };
        if hint.load(Relaxed) >> 32 != number & u64::from(u32::MAX) {
            hint.store(number << 32 | u64::from(place), Relaxed);
        }
    }
}
