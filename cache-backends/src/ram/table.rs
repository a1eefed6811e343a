//! The table: shards, and how a key finds its way to one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cache_core::key::Probe;
use cache_core::{Entry, Object, Validity};

use super::buckets::Buckets;
use super::head::Tag;
use super::kind;
use super::limbo::Freed;
use super::node::{Held, Node, Plate};
use super::reader::Pin;
use super::shard::{Locked, Shard};
use super::weight::{Budget, Room, Weight};

/// Below this many entries there is one shard: dividing few entries would evict unevenly.
const ONE_SHARD: usize = 1_024;
/// How many entries a shard is for, and how many shards there are at most. A shard grows in one go, so it is not to be large.
const SHARD: usize = 4_096;
const MOST_SHARDS: usize = 256;
/// What an entry weighs by and large, for the number of shards; and at least, for what is remembered of those that left.
pub(super) const USUAL: u64 = 4_096;
const SMALL: u64 = 512;
/// Which part of the bytes may be of what was evicted, before it is asked who may still read it. (As much again may wait for
/// the answer.)
const GARBAGE: u64 = 32;
/// How many chains a shard begins with.
const FEW: usize = if cfg!(loom) { 1 } else { 16 };

/// How many shards there are for so many entries.
fn shards(entries: usize) -> usize {
    if entries < ONE_SHARD { 1 } else { (entries / SHARD).next_power_of_two().clamp(8, MOST_SHARDS) }
}

#[derive(Debug)]
pub(super) struct Table {
    /// Of each shard. Apart from the rest of it, since these are all that a hit reads.
    buckets: Box<[Buckets]>,
    shards: Box<[Shard]>,
    pub(super) threshold: usize,
    pub(super) budget: Arc<Budget>,
    /// Whose turn it is to make room for bytes.
    turn: AtomicUsize,
    /// One less than the number of shards, a power of two.
    mask: usize,
}

/// Where a key is to be found: its hash, which is that of its bytes and of whose they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot(u64);

impl Spot {
    /// Of a key with this mark; `seed` is its function's, and keeps keys of two functions apart that have the same bytes.
    #[inline]
    pub(super) const fn new(mark: u64, seed: u64) -> Self {
        Self(mark ^ seed)
    }

    #[inline]
    pub(super) const fn shard(self, mask: usize) -> usize {
        self.0 as usize & mask
    }

    /// What tells it from others within its shard.
    #[inline]
    pub(super) const fn hash(self) -> u32 {
        (self.0 >> 32) as u32
    }
}

impl Table {
    /// For `threshold` entries, of `max_bytes` in all if there is a limit.
    pub(super) fn new(threshold: usize, max_bytes: Option<u64>) -> Self {
        let bytes = max_bytes.unwrap_or(u64::MAX);
        let shards = shards(threshold.min(usize::try_from(bytes / USUAL).unwrap_or(usize::MAX)));
        // The bound is hard: what is left of the division goes to the first shards, nothing is rounded up.
        let capacity = |shard| threshold / shards + usize::from(shard < threshold % shards);
        let share = bytes / shards as u64;
        let usual = |shard| capacity(shard).min(usize::try_from(share / SMALL).unwrap_or(usize::MAX)).max(1);
        let budget = Arc::new(Budget::new(max_bytes));
        let shard = |at| Shard::new(capacity(at), usual(at), Arc::clone(&budget), share / GARBAGE);
        Self {
            buckets: (0..shards).map(|shard| Buckets::new(FEW.min(capacity(shard)))).collect(),
            shards: (0..shards).map(shard).collect(),
            threshold,
            budget,
            turn: AtomicUsize::new(0),
            mask: shards - 1,
        }
    }

    /// What hits read of it: the chains of each shard.
    pub(super) fn buckets(&self) -> &[Buckets] {
        &self.buckets
    }

    /// The shard of a key, its lock held.
    pub(super) fn lock(&self, spot: Spot) -> Locked<'_> {
        let index = spot.shard(self.mask);
        self.shards[index].lock(&self.buckets[index])
    }

    /// What a look at a key of `owner` takes along.
    pub(super) fn stamp(&self, spot: Spot, owner: u32) -> u64 {
        self.shards[spot.shard(self.mask)].stamp(owner)
    }

    /// All shards, one after the other, each with its lock held.
    pub(super) fn each(&self) -> impl Iterator<Item = Locked<'_>> {
        self.shards.iter().zip(&self.buckets).map(|(shard, buckets)| shard.lock(buckets))
    }

    /// The node of a key, for as long as the pin lives, also while the chains are being made anew.
    ///
    /// # Safety
    /// As for [`Buckets::find`].
    #[allow(unsafe_code, reason = "chains are read without their lock")]
    pub(super) unsafe fn find_surely<'p>(
        &self,
        pin: &'p Pin,
        spot: Spot,
        tag: Tag,
        probe: &dyn Probe,
    ) -> Option<Held<'p>> {
        let buckets = &self.buckets[spot.shard(self.mask)];
        // SAFETY: as the caller says.
        let found = buckets.undisturbed(|| unsafe { buckets.find(pin, spot.hash(), tag, probe) });
        let behind_lock = || self.lock(spot).find(pin, spot.hash(), tag.owner(), probe);
        found.unwrap_or_else(|| behind_lock().filter(|held| held.head().tag == tag))
    }

    /// The node of a key of `owner`, of whatever kind, for as long as the pin lives, also while the chains are being made anew.
    #[inline]
    fn held<'p, P: Probe>(&self, pin: &'p Pin, spot: Spot, owner: u32, probe: &P) -> Option<Held<'p>> {
        let buckets = &self.buckets[spot.shard(self.mask)];
        let found = buckets.undisturbed(|| buckets.hold(pin, spot.hash(), owner, probe));
        found.unwrap_or_else(|| self.lock(spot).find(pin, spot.hash(), owner, probe))
    }

    /// The entry of a key, noted as read, unless it is over at `now`.
    pub(super) fn entry<P: Probe>(&self, spot: Spot, owner: u32, probe: &P, now: u64) -> Option<Found> {
        let pin = Pin::anywhere();
        Found::of(self.held(&pin, spot, owner, probe)?).filter(|found| now < found.ends())
    }

    /// The entry of a key, noted as read, unless it is over at `now`; only one that is kept as it was given.
    #[cfg(feature = "redis")]
    #[inline]
    pub(super) fn whole<'p, P: Probe>(
        &self,
        pin: &'p Pin,
        spot: Spot,
        owner: u32,
        probe: &P,
        now: u64,
    ) -> Option<&'p Entry> {
        let held = self.held(pin, spot, owner, probe)?;
        let life = held.head().life();
        held.head().note_read(life);
        held.value(kind::whole()).filter(|_| now < life.ends()).map(|entry| &**entry)
    }

    /// A node for `entry`, with the value inside where its kind is known.
    pub(super) fn node(&self, spot: Spot, plate: &Plate<'_>, kind: Option<u16>, entry: Arc<Entry>) -> Node {
        // Only for that long: values are copied behind no lock.
        let mut place = |layout| self.lock(spot).place(layout);
        let inline = kind.and_then(kind::operations).and_then(|kind| kind.make(plate, &entry.value, &mut place));
        inline.unwrap_or_else(|| Node::make(kind::whole(), plate, entry, place))
    }

    /// Takes the bytes of an entry, for which others make room. None where it is larger than all that there may be, for
    /// which nobody makes room; or where others have taken all of it meanwhile. What left is `freed`.
    pub(super) fn room(&self, weight: Weight, freed: &mut dyn FnMut(Freed)) -> Option<Room<'_>> {
        let Some(limit) = self.budget.limit() else {
            return Some(self.budget.unlimited());
        };
        if weight.bytes() > limit {
            return None;
        }
        // Each shard in its turn: were it that of the key, one that has few entries would never come to more.
        let mut empty = 0;
        while empty < self.shards.len() {
            if let Some(room) = self.budget.take(weight) {
                return Some(room);
            }
            let index = self.turn.fetch_add(1, Ordering::Relaxed) & self.mask;
            let left = self.shards[index].lock(&self.buckets[index]).evict();
            empty = if left.is_some() { 0 } else { empty + 1 };
            freed(left.unwrap_or_default());
        }
        self.budget.take(weight)
    }

    /// Takes out the entries that `matches`.
    pub(super) fn remove_matching(&self, matches: &dyn Fn(Node) -> bool) {
        for mut shard in self.each() {
            let freed: Freed = shard.remove_matching(matches);
            drop(shard);
            drop(freed);
        }
    }

    /// Takes out the entries that are over, in shards that have one at `now` or in `all`, and frees what can be. Gives when there
    /// will be more to do.
    pub(super) fn tidy(&self, now: u64, all: bool, is_over: &dyn Fn(Node) -> bool) -> Option<u64> {
        let mut next = u64::MAX;
        for mut shard in self.each() {
            let freed = shard.tidy(all || shard.next_end() <= now, is_over);
            next = next.min(shard.next_end());
            if shard.has_garbage() {
                // Someone is inside still. Nobody may call any more, so it is not left to the next call.
                next = next.min(now);
            }
            drop(shard);
            drop(freed);
        }
        (next < u64::MAX).then_some(next)
    }

    pub(super) fn len(&self) -> usize {
        self.each().map(|shard| shard.len()).sum()
    }
}

/// See [`super::fork`].
#[allow(unsafe_code, reason = "locks that are let go by another function than they were taken by")]
impl Table {
    pub(super) fn hold(&self) {
        self.shards.iter().for_each(Shard::hold);
    }

    /// Whoever was about to put an entry in is not there any more. The locks are held.
    pub(super) fn recount(&self) {
        if self.budget.limit().is_some() {
            let nodes = self.buckets.iter().flat_map(Buckets::nodes);
            self.budget.recount(nodes.map(|node| node.head().weight.bytes()).sum());
        }
    }

    /// # Safety
    /// This thread holds the locks, by `hold`.
    pub(super) unsafe fn let_go(&self) {
        // SAFETY: as the caller says.
        self.shards.iter().for_each(|shard| unsafe { shard.let_go() });
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        // Nobody is inside who could have found a node: whoever reads has the table.
        self.each().for_each(|mut shard| drop(shard.empty()));
    }
}

/// What was found under a key.
pub(super) enum Found {
    Whole(Arc<Entry>, u64),
    Inline(Object, u64),
}

impl Found {
    /// When it is over.
    fn ends(&self) -> u64 {
        match self {
            Self::Whole(_, ends) | Self::Inline(_, ends) => *ends,
        }
    }

    fn of(held: Held<'_>) -> Option<Self> {
        let (head, life) = (held.head(), held.head().life());
        head.note_read(life);
        if let Some(entry) = held.value(kind::whole()) {
            return Some(Self::Whole(Arc::clone(entry), life.ends()));
        }
        Some(Self::Inline(kind::operations(head.tag.kind())?.object(*held.node())?, life.ends()))
    }

    /// As an entry; `epoch` is what an inline one would have recorded, which is what is current.
    pub(super) fn into_entry(self, epoch: u128) -> Arc<Entry> {
        match self {
            Self::Whole(entry, _) => entry,
            Self::Inline(value, ends) => {
                let validity = Validity { created: 0, fresh_until: ends, kept_until: ends, epoch, tags: Vec::new() };
                Arc::new(Entry { value, weigher: None, validity })
            }
        }
    }
}
