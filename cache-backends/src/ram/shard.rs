//! A part of the table: chains that are read without a lock, and behind a lock all that changes them.
//!
//! Every write has a number. A look takes the number of the last one along; a commit goes through only if its key was
//! neither written nor removed since. Removed keys are remembered in a short list for that, not in the table, where they
//! would take the place of entries.

use std::alloc::Layout;
use std::collections::VecDeque;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use cache_core::key::Probe;

use super::buckets::Buckets;
use super::limbo::{Freed, Garbage, Limbo};
use super::node::{Held, Node};
use super::policy::{Item, Policy};
use super::pool::Places;
use super::reader::Pin;
use super::sync::{AtomicU64, Mutex, MutexGuard};
use super::weight::Budget;

/// How many removals are remembered. A commit whose look is older than all of them is refused.
const REMEMBERED: usize = 4_096;

/// The bits of a stamp that are the number of a write: more than there are writes while a run may last.
const WRITES: u32 = 40;

/// A part of the table, but for its chains.
#[derive(Debug)]
pub(super) struct Shard {
    /// The number of the last write. Only who holds the lock writes it.
    writes: AtomicU64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    capacity: usize,
    budget: Arc<Budget>,
    policy: Policy<Node>,
    /// The last removals (not evictions): their number and the hash of their key.
    gone: VecDeque<(u64, u32)>,
    /// Removals up to this number are forgotten.
    forgotten: u64,
    limbo: Limbo,
    /// For nodes to come.
    places: Places,
    /// No entry is over before then.
    next_end: u64,
}

impl State {
    /// Takes out the entry that makes room; gives whether there was one.
    fn evict(&mut self, buckets: &Buckets) -> bool {
        let Some(old) = self.policy.evict(|node| node.head().hash) else {
            return false;
        };
        buckets.unlink(old);
        self.leaves(old);
        true
    }

    /// A node is in no chain any more.
    fn leaves(&mut self, node: Node) {
        self.budget.give_back(node.head().weight);
        self.limbo.add_node(node);
    }
}

impl Item for Node {
    fn place(self) -> u32 {
        self.head().place.load(Ordering::Relaxed)
    }

    fn set_place(self, place: u32) {
        self.head().place.store(place, Ordering::Relaxed);
    }

    fn reads(self) -> u8 {
        self.head().reads()
    }

    fn set_reads(self, reads: u8) {
        self.head().set_reads(reads);
    }
}

fn stamp(owner: u32, writes: u64) -> u64 {
    (u64::from(owner) << WRITES) | (writes & ((1 << WRITES) - 1))
}

impl Shard {
    /// For `capacity` entries, of which about `usual` are there. What was evicted waits until it is `patience` bytes.
    pub(super) fn new(capacity: usize, usual: usize, budget: Arc<Budget>, patience: u64) -> Self {
        let state = State {
            capacity,
            budget,
            policy: Policy::new(usual),
            gone: VecDeque::new(),
            forgotten: 0,
            limbo: Limbo::new(patience),
            places: Places::default(),
            next_end: u64::MAX,
        };
        Self { writes: AtomicU64::new(0), state: Mutex::new(state) }
    }

    /// What a look at a key of `owner` takes along: the number of the last write, and of the owner.
    pub(super) fn stamp(&self, owner: u32) -> u64 {
        stamp(owner, self.writes.load(Ordering::Acquire))
    }

    /// What is behind the lock is whole between any two statements, and no code of the user's runs there.
    pub(super) fn lock<'a>(&'a self, buckets: &'a Buckets) -> Locked<'a> {
        Locked { buckets, writes: &self.writes, state: self.state.lock() }
    }
}

/// See [`super::fork`].
#[allow(unsafe_code, reason = "a lock that is let go by another function than it was taken by")]
impl Shard {
    pub(super) fn hold(&self) {
        self.state.hold();
    }

    /// # Safety
    /// This thread holds the lock, by `hold`.
    pub(super) unsafe fn let_go(&self) {
        // SAFETY: as the caller says.
        unsafe { self.state.let_go() };
    }
}

/// A shard whose lock is held.
pub(super) struct Locked<'a> {
    buckets: &'a Buckets,
    writes: &'a AtomicU64,
    state: MutexGuard<'a, State>,
}

impl Locked<'_> {
    pub(super) fn len(&self) -> usize {
        self.state.policy.len()
    }

    /// The node of a key, for as long as the pin lives.
    pub(super) fn find<'p>(&self, pin: &'p Pin, hash: u32, owner: u32, probe: &dyn Probe) -> Option<Held<'p>> {
        self.buckets.hold(pin, hash, owner, probe)
    }

    /// Whether there is an entry that is not over at `now`.
    pub(super) fn has(&self, hash: u32, owner: u32, probe: &dyn Probe, now: u64) -> bool {
        self.buckets.locate(hash, owner, probe).is_some_and(|node| now < node.head().life().ends())
    }

    /// Whether there is a node of it, of whatever kind and age.
    pub(super) fn has_any(&self, hash: u32, owner: u32, probe: &dyn Probe) -> bool {
        self.buckets.locate(hash, owner, probe).is_some()
    }

    /// See [`Shard::stamp`].
    pub(super) fn stamp(&self, owner: u32) -> u64 {
        stamp(owner, self.writes())
    }

    fn writes(&self) -> u64 {
        self.writes.load(Ordering::Relaxed)
    }

    /// Says that the write of this number is made. Whoever reads it without the lock, and then what is in the chains, reads
    /// what was written; who has read the one before may read either, and has their commit refused.
    fn count_write(&self, number: u64) {
        self.writes.store(number, Ordering::Release);
    }

    /// Whether nothing was written or removed under `probe` since a look, whose stamp is `seen`, and its owner was not cleared.
    pub(super) fn is_unchanged(&self, hash: u32, owner: u32, probe: &dyn Probe, seen: u64) -> bool {
        let (state, writes) = (&*self.state, self.writes());
        let mask = (1 << WRITES) - 1;
        if seen >> WRITES != (u64::from(owner) << WRITES) >> WRITES {
            return false;
        }
        let age = writes.wrapping_sub(seen) & mask;
        // Nodes have the lower half of the number; what is that long ago is not asked about.
        let Some(since) = writes.checked_sub(age).filter(|since| age < 1 << 31 && *since >= state.forgotten) else {
            return false;
        };
        let later = |node: Node| {
            let after = node.head().written.load(Ordering::Relaxed).wrapping_sub(since as u32);
            after != 0 && u64::from(after) <= writes - since
        };
        let written = self.buckets.locate(hash, owner, probe).is_some_and(later);
        let mut gone = state.gone.iter().rev().take_while(|(number, _)| *number > since);
        !written && gone.all(|(_, other)| *other != hash)
    }

    /// A place for a node.
    pub(super) fn place(&mut self, layout: Layout) -> NonNull<u8> {
        self.state.places.take(layout)
    }

    /// Puts `node` in the place of what its key had, or of one that makes room.
    pub(super) fn insert(&mut self, probe: &dyn Probe, node: Node) -> Freed {
        let number = self.writes() + 1;
        let once = self.put(probe, node, number);
        self.count_write(number);
        self.state.limbo.collect(once)
    }

    /// Gives whether what it took out is to be freed at once.
    fn put(&mut self, probe: &dyn Probe, node: Node, number: u64) -> bool {
        let state = &mut *self.state;
        state.next_end = state.next_end.min(node.head().life().ends());
        node.head().written.store(number as u32, Ordering::Relaxed);
        if let Some(old) = self.buckets.locate(node.head().hash, node.head().tag.owner(), probe) {
            state.policy.replace(old, node);
            self.buckets.replace(old, node);
            state.leaves(old);
            return true;
        }
        if state.policy.len() >= state.capacity {
            state.evict(self.buckets);
        }
        let grows = state.policy.len() >= self.buckets.room();
        if grows {
            state.limbo.add(Garbage::chains(self.buckets.grow()));
        }
        self.buckets.link(node);
        state.policy.insert(node, node.head().hash);
        // Chains are large, and seldom made anew.
        grows
    }

    /// Takes out the entry that makes room for bytes elsewhere; none if there is none.
    pub(super) fn evict(&mut self) -> Option<Freed> {
        let state = &mut *self.state;
        state.evict(self.buckets).then(|| state.limbo.collect(false))
    }

    fn take(&mut self, node: Node) {
        self.state.policy.remove(node);
        self.buckets.unlink(node);
        self.state.leaves(node);
    }

    /// Takes out the entry of `probe`, and makes every commit fail whose look came before.
    pub(super) fn remove(&mut self, hash: u32, owner: u32, probe: &dyn Probe) -> Freed {
        let number = self.writes() + 1;
        if let Some(node) = self.buckets.locate(hash, owner, probe) {
            self.take(node);
        }
        self.remember(hash, number);
        self.count_write(number);
        self.state.limbo.collect(true)
    }

    /// Makes every commit fail whose look came before the write of this number, also when the entry of this key is gone by then.
    fn remember(&mut self, hash: u32, number: u64) {
        let state = &mut *self.state;
        state.gone.push_back((number, hash));
        if state.gone.len() > REMEMBERED
            && let Some((number, _)) = state.gone.pop_front()
        {
            state.forgotten = number;
        }
    }

    /// Takes out the entries that `matches`, and makes the commits of their keys fail whose look came before.
    pub(super) fn remove_matching(&mut self, matches: &dyn Fn(Node) -> bool) -> Freed {
        let number = self.writes() + 1;
        for node in self.buckets.nodes() {
            if matches(node) {
                self.remember(node.head().hash, number);
                self.take(node);
            }
        }
        self.count_write(number);
        self.state.limbo.collect(true)
    }

    /// No entry is over before then.
    pub(super) fn next_end(&self) -> u64 {
        self.state.next_end
    }

    /// Whether there is something that cannot be freed yet.
    pub(super) fn has_garbage(&self) -> bool {
        !self.state.limbo.is_empty()
    }

    /// Takes out the entries that are over, if there are `some`, and frees what can be. No commit has to notice.
    pub(super) fn tidy(&mut self, some: bool, is_over: &dyn Fn(Node) -> bool) -> Freed {
        if some {
            self.state.next_end = u64::MAX;
            for node in self.buckets.nodes() {
                if is_over(node) {
                    self.take(node);
                } else {
                    self.state.next_end = self.state.next_end.min(node.head().life().ends());
                }
            }
        }
        self.state.limbo.collect(true)
    }

    /// Gives all nodes, to be freed: the table is no more.
    pub(super) fn empty(&mut self) -> Freed {
        self.buckets.take().into_iter().collect()
    }
}
