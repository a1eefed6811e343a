//! What entries weigh, and how many bytes there are for them.
//!
//! The bytes of a table are one account, and not one for each of its shards: an entry may be as large as all of it. They
//! are taken before a node is put in, behind no lock, and given back when it is taken out; so they are never more than
//! there may be.

use std::alloc::Layout;
use std::sync::atomic::{AtomicU64, Ordering};

use cache_core::Entry;

use super::node::Node;
use super::weighers;

/// A weight counts these: what an allocator gives is a multiple of it. So 32 bits of them are 64 GiB.
const UNIT: u64 = 16;

/// What an `Arc` counts in front of its value.
const COUNTS: usize = 2 * size_of::<usize>();

/// The bytes of an entry, rounded up; of one that is larger than can be counted, the most that can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Weight(u32);

impl Weight {
    pub(super) fn of(bytes: u64) -> Self {
        Self(u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX))
    }

    pub(super) fn bytes(self) -> u64 {
        u64::from(self.0) * UNIT
    }
}

/// The bytes of an entry: the node and its key, and what lies elsewhere.
///
/// An `inline` one has its value in the node; otherwise the node points to the entry as it was given.
/// Runs code of the user's; none if that panics.
pub(super) fn of_entry(key: &[u8], entry: &Entry, inline: bool) -> Option<u64> {
    let value = Layout::for_value(&*entry.value);
    let node = if inline {
        Node::size(key.len(), value)
    } else {
        let tags = entry.validity.tags.iter().map(|(tag, _)| tag.text().len()).sum::<usize>()
            + size_of_val(entry.validity.tags.as_slice());
        let elsewhere = COUNTS + size_of::<Entry>() + tags + COUNTS + value.size();
        Node::size(key.len(), Layout::new::<*const Entry>()) + elsewhere
    };
    Some((node as u64).saturating_add(weighers::heap_size(entry)?))
}

/// The bytes of one table: how many its entries take, and how many they may.
#[derive(Debug)]
pub(super) struct Budget {
    limit: AtomicU64,
    used: AtomicU64,
}

impl Budget {
    /// No more than `limit`, if there is one.
    pub(super) fn new(limit: Option<u64>) -> Self {
        Self { limit: AtomicU64::new(limit.unwrap_or(u64::MAX)), used: AtomicU64::new(0) }
    }

    /// How many bytes there may be, if there is a limit. Without one nothing is weighed.
    pub(super) fn limit(&self) -> Option<u64> {
        Some(self.limit.load(Ordering::SeqCst)).filter(|limit| *limit < u64::MAX)
    }

    /// There may be so many from now on. Whoever calls has entries leave until that is so.
    pub(super) fn set_limit(&self, limit: u64) {
        self.limit.store(limit, Ordering::SeqCst);
    }

    pub(super) fn used(&self) -> u64 {
        self.used.load(Ordering::SeqCst)
    }

    /// The room of an entry that is not weighed.
    pub(super) const fn unlimited(&self) -> Room<'_> {
        Room { budget: self, weight: Weight(0) }
    }

    /// In the child of a fork: the entries take so many, and nobody is about to put one in.
    pub(super) fn recount(&self, used: u64) {
        self.used.store(used, Ordering::SeqCst);
    }

    /// Takes the bytes of an entry, if they are there.
    pub(super) fn take(&self, weight: Weight) -> Option<Room<'_>> {
        let fits = |used: u64| Some(used + weight.bytes()).filter(|sum| *sum <= self.limit.load(Ordering::SeqCst));
        self.used.fetch_update(Ordering::SeqCst, Ordering::SeqCst, fits).ok()?;
        let room = Room { budget: self, weight };
        // Either the limit that is set meanwhile is seen here, or who sets it sees what was taken.
        (self.used() <= self.limit.load(Ordering::SeqCst)).then_some(room)
    }

    /// Gives back the bytes of an entry.
    pub(super) fn give_back(&self, weight: Weight) {
        if weight > Weight::default() {
            self.used.fetch_sub(weight.bytes(), Ordering::SeqCst);
        }
    }
}

/// The bytes of an entry that is about to be put in. They are given back unless it is.
#[derive(Debug)]
pub(super) struct Room<'a> {
    budget: &'a Budget,
    weight: Weight,
}

impl Room<'_> {
    /// The entry is put in, and gives them back when it is taken out.
    pub(super) fn fill(mut self) {
        self.weight = Weight::default();
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        self.budget.give_back(self.weight);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_is_never_less_than_the_bytes_until_it_can_count_no_more() {
        for bytes in [0, 1, 15, 16, 17, 4_096, u64::from(u32::MAX), 1 << 35] {
            let weight = Weight::of(bytes).bytes();
            assert!((bytes..bytes + UNIT).contains(&weight), "{bytes}");
        }
        assert_eq!(Weight::of(u64::MAX).bytes(), u64::from(u32::MAX) * UNIT);
    }

    #[test]
    fn no_more_bytes_are_taken_than_there_may_be() {
        let budget = Budget::new(Some(100));
        let one = budget.take(Weight::of(64)).unwrap();
        assert!(budget.take(Weight::of(64)).is_none());
        drop(one);
        budget.take(Weight::of(64)).unwrap().fill();
        assert_eq!((budget.used(), budget.take(Weight::of(48)).is_none()), (64, true));
        budget.set_limit(50);
        assert!(budget.take(Weight::default()).is_none());
        budget.give_back(Weight::of(64));
        assert_eq!((budget.used(), budget.take(Weight::of(48)).is_some()), (0, true));
    }

    #[test]
    fn without_a_limit_everything_fits() {
        let budget = Budget::new(None);
        assert!(budget.limit().is_none() && budget.take(Weight::of(u64::MAX)).is_some());
    }
}
