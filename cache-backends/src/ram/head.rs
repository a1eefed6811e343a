//! What every node begins with, and what is said of it in one word: whose it is, and when it is over.

use std::sync::atomic::Ordering;

use super::node::Plate;
use super::sync::{AtomicPtr, AtomicU32, AtomicU64};
use super::weight::Weight;

/// What every node begins with.
#[repr(C, align(8))]
pub(super) struct Head {
    /// The next node of its bucket.
    pub(super) next: AtomicPtr<Head>,
    pub(super) tag: Tag,
    /// When it is over, and in the lowest byte how many more readings of late are to be noted, of [`READS`].
    life: AtomicU64,
    /// The part of its key's hash that tells where in its shard it is.
    pub(super) hash: u32,
    /// The number of the write that made it, without its upper half.
    pub(super) written: AtomicU32,
    /// Where it stands in the queues, for those who hold the lock.
    pub(super) place: AtomicU32,
    /// What it weighs, where that is asked.
    pub(super) weight: Weight,
}

/// Whose a node is, of what kind, and how long its key is: what is compared first, in one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag(u64);

/// How many readings of late are noted.
const READS: u8 = 3;

/// Keys of so many bytes and more lie in an allocation of their own.
pub(super) const LONG: usize = 1_024;
/// The length that stands in the tag of those.
const LONG_MARK: u64 = 0xffff;

impl Tag {
    #[inline]
    pub(super) const fn new(owner: u32, kind: u16, length: usize) -> Self {
        Self::of((owner as u64) << 32 | (kind as u64) << 16, length)
    }

    /// The tag that has this number with a key of no bytes.
    #[inline]
    pub(super) const fn of(number: u64, length: usize) -> Self {
        Self(number | if length < LONG { length as u64 } else { LONG_MARK })
    }

    pub(super) const fn number(self) -> u64 {
        self.0
    }

    #[inline]
    pub(super) const fn owner(self) -> u32 {
        (self.0 >> 32) as u32
    }

    #[inline]
    pub(super) const fn kind(self) -> u16 {
        (self.0 >> 16) as u16
    }

    pub(super) const fn is_long(self) -> bool {
        self.0 & 0xffff == LONG_MARK
    }

    /// How long the key is, if it is not a long one.
    #[inline]
    pub(super) const fn length(self) -> usize {
        (self.0 & 0xffff) as usize
    }

    /// How many words the key takes in the node.
    pub(super) const fn words(self) -> usize {
        Self::words_of(if self.is_long() { LONG } else { self.length() })
    }

    /// How many words a key of this length takes in a node.
    #[inline]
    pub(super) const fn words_of(length: usize) -> usize {
        if length < LONG { length.div_ceil(8) } else { 2 }
    }
}

/// When something is over, as nodes keep it: milliseconds on the handler's clock, and room for a byte below.
#[derive(Clone, Copy, Debug)]
pub(super) struct Life(u64);

impl Life {
    const FOREVER: u64 = u64::MAX >> 8;

    #[inline]
    pub(super) const fn until(ends: u64) -> Self {
        Self((if ends < Self::FOREVER { ends } else { Self::FOREVER }) << 8)
    }

    /// The moment; `u64::MAX` is never.
    pub(super) const fn ends(self) -> u64 {
        let ends = self.0 >> 8;
        if ends < Self::FOREVER { ends } else { u64::MAX }
    }

    /// Whether it is not over at a moment that [`Life::moment`] gave.
    #[inline]
    pub(super) const fn is_after(self, moment: u64) -> bool {
        self.0 > moment
    }

    /// A moment, for [`Life::is_after`].
    pub(super) const fn moment(now: u64) -> u64 {
        if now < Self::FOREVER { now << 8 | 0xff } else { u64::MAX }
    }
}

impl Head {
    /// That of a node that nobody sees yet.
    pub(super) fn new(tag: Tag, plate: &Plate<'_>) -> Self {
        Self {
            next: AtomicPtr::new(std::ptr::null_mut()),
            tag,
            life: AtomicU64::new(Life::until(plate.ends).0 | u64::from(READS)),
            hash: plate.hash,
            written: AtomicU32::new(0),
            place: AtomicU32::new(0),
            weight: plate.weight,
        }
    }

    #[inline]
    pub(super) fn life(&self) -> Life {
        Life(self.life.load(Ordering::Relaxed))
    }

    /// Notes that it was read, where its life is at hand. What is read often writes nothing.
    #[inline]
    pub(super) fn note_read(&self, life: Life) {
        if life.0 & u64::from(READS) != 0 {
            self.life.store(life.0 - 1, Ordering::Relaxed);
        }
    }

    pub(super) fn reads(&self) -> u8 {
        READS - (self.life().0 as u8).min(READS)
    }

    pub(super) fn set_reads(&self, reads: u8) {
        let left = u64::from(READS.saturating_sub(reads));
        self.life.store(self.life().0 & !0xff | left, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_is_over_at_its_end_and_never_if_it_has_none() {
        let life = Life::until(1_000);
        assert!(life.is_after(Life::moment(999)) && !life.is_after(Life::moment(1_000)));
        assert_eq!((life.ends(), Life::until(u64::MAX).ends()), (1_000, u64::MAX));
        assert!(Life::until(u64::MAX).is_after(Life::moment(1 << 50)));
        assert!(!Life::until(u64::MAX).is_after(Life::moment(u64::MAX)));
    }
}
