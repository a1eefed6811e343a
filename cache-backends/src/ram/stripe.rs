//! A part of the table, behind one lock.
//!
//! Entries lie in a slab that a clock hand goes round: an entry that was read since the hand last passed stays, the
//! first one that was not makes room. A hit sets one flag and moves nothing.
//!
//! Every write has a number. A look takes the number of the last one along; a commit goes through only if its key was
//! neither written nor removed since. Removed keys are remembered in a short list for that, not in the table, where they
//! would take the place of entries.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cache_core::key::{Key, Named, OwnedKey};
use cache_core::{Entry, Pattern};
use hashbrown::HashTable;

/// How many removals are remembered. A commit whose look is older than all of them is refused.
const REMEMBERED: usize = 4_096;

#[derive(Debug)]
pub(super) struct Stripe {
    index: HashTable<usize>,
    slab: Vec<Option<Node>>,
    free: Vec<usize>,
    hand: usize,
    capacity: usize,
    /// The number of the last write.
    writes: u64,
    /// The last removals (not evictions): their number and the hash of their key.
    gone: VecDeque<(u64, u64)>,
    /// Removals up to this number are forgotten.
    forgotten: u64,
}

#[derive(Debug)]
struct Node {
    hash: u64,
    key: OwnedKey,
    entry: Arc<Entry>,
    /// When its life is over, on the handler's clock.
    ends: u64,
    named: Option<Named>,
    written: u64,
    read: AtomicBool,
}

/// Entries that were taken out. They are dropped by the caller, behind the lock: a `Drop` of the user's may take long,
/// panic, or call a cached function.
pub(super) type Removed = Vec<Arc<Entry>>;

impl Stripe {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            index: HashTable::new(),
            slab: Vec::new(),
            free: Vec::new(),
            hand: 0,
            capacity,
            writes: 0,
            gone: VecDeque::new(),
            forgotten: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.index.len()
    }

    /// The number of the last write.
    pub(super) const fn writes(&self) -> u64 {
        self.writes
    }

    fn slot(&self, hash: u64, key: &Key<'_>) -> Option<usize> {
        self.index.find(hash, |slot| self.node(*slot).is_some_and(|node| key.is(&node.key))).copied()
    }

    fn node(&self, slot: usize) -> Option<&Node> {
        self.slab.get(slot)?.as_ref()
    }

    /// The entry of `key` at `now`, noted as read.
    pub(super) fn get(&self, hash: u64, key: &Key<'_>, now: u64) -> Option<&Arc<Entry>> {
        self.get_at(hash, key, || now)
    }

    /// [`Stripe::get`]; the time is asked for only if there is an entry.
    pub(super) fn get_at(&self, hash: u64, key: &Key<'_>, now: impl FnOnce() -> u64) -> Option<&Arc<Entry>> {
        let node = self.node(self.slot(hash, key)?)?;
        if now() >= node.ends {
            return None;
        }
        // A plain look first: once it is set, reading writes nothing.
        if !node.read.load(Ordering::Relaxed) {
            node.read.store(true, Ordering::Relaxed);
        }
        Some(&node.entry)
    }

    /// Whether nothing was written or removed under `key` since the write numbered `since`.
    pub(super) fn is_unchanged(&self, hash: u64, key: &Key<'_>, since: u64) -> bool {
        let written = self.slot(hash, key).and_then(|slot| self.node(slot)).is_some_and(|node| node.written > since);
        let gone = self.gone.iter().rev().take_while(|(number, _)| *number > since);
        since >= self.forgotten && !written && gone.into_iter().all(|(_, other)| *other != hash)
    }

    /// Stores `entry`, in the place of what `key` had or of one that has not been read of late.
    pub(super) fn insert(&mut self, hash: u64, key: &Key<'_>, entry: Arc<Entry>, ends: u64) -> Removed {
        self.writes += 1;
        let mut removed = Removed::new();
        if let Some(node) = self.slot(hash, key).and_then(|slot| self.slab.get_mut(slot)?.as_mut()) {
            node.written = self.writes;
            node.ends = ends;
            removed.push(std::mem::replace(&mut node.entry, entry));
            return removed;
        }
        if self.len() >= self.capacity {
            removed.extend(self.evict());
        }
        let node = Node {
            hash,
            key: key.to_owned(),
            entry,
            ends,
            named: key.named(),
            written: self.writes,
            read: AtomicBool::new(false),
        };
        let slot = match self.free.pop() {
            Some(slot) => {
                self.slab[slot] = Some(node);
                slot
            }
            None => {
                self.slab.push(Some(node));
                self.slab.len() - 1
            }
        };
        let slab = &self.slab;
        self.index.insert_unique(hash, slot, |slot| slab[*slot].as_ref().map_or(0, |node| node.hash));
        removed
    }

    /// Takes out the first entry from the hand on that was not read since the hand last passed it.
    fn evict(&mut self) -> Option<Arc<Entry>> {
        // Two rounds: the first may only clear flags.
        for _ in 0..self.slab.len() * 2 {
            let slot = self.hand;
            self.hand = (self.hand + 1) % self.slab.len();
            if self.node(slot).is_some_and(|node| !node.read.swap(false, Ordering::Relaxed)) {
                return self.take(slot);
            }
        }
        None
    }

    fn take(&mut self, slot: usize) -> Option<Arc<Entry>> {
        let node = self.slab.get_mut(slot)?.take()?;
        if let Ok(found) = self.index.find_entry(node.hash, |other| *other == slot) {
            found.remove();
        }
        self.free.push(slot);
        Some(node.entry)
    }

    /// Takes out the entry of `key`, and makes every commit fail whose look came before.
    pub(super) fn remove(&mut self, hash: u64, key: &Key<'_>) -> Removed {
        self.writes += 1;
        let removed = self.slot(hash, key).and_then(|slot| self.take(slot)).into_iter().collect();
        self.remember(hash);
        removed
    }

    /// Makes every commit fail whose look came before, also when the entry of this key is gone by then.
    pub(super) fn remember(&mut self, hash: u64) {
        self.gone.push_back((self.writes, hash));
        if self.gone.len() > REMEMBERED
            && let Some((number, _)) = self.gone.pop_front()
        {
            self.forgotten = number;
        }
    }

    /// Takes out the entries whose subject matches, or all.
    pub(super) fn remove_matching(&mut self, pattern: Option<&Pattern>) -> Removed {
        let matches = |node: &Node| match pattern {
            None => true,
            Some(pattern) => node.named.as_ref().is_some_and(|it| pattern.matches(&it.subject_of(&node.key))),
        };
        let slots: Vec<usize> = (0..self.slab.len()).filter(|slot| self.node(*slot).is_some_and(matches)).collect();
        self.writes += 1;
        for slot in &slots {
            if let Some(hash) = self.node(*slot).map(|node| node.hash) {
                self.remember(hash);
            }
        }
        slots.into_iter().filter_map(|slot| self.take(slot)).collect()
    }
}
