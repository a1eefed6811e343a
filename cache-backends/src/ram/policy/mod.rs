//! Which entry makes room: S3-FIFO (Yang et al., "FIFO queues are all you need for cache eviction", SOSP '23).
//!
//! New entries go into a small queue; those that were read by the time they reach its end go on into the main queue, the
//! others leave and are remembered by a fingerprint. What comes back while it is remembered goes into the main queue at
//! once. There an entry that was read goes round again, once for each time it was read of late. A hit only notes that it
//! was one, up to three times.
//!
//! Before any entry had to make room, entries go into the main queue as long as it has not its share. So what is read round and
//! round, and is more than fits, leaves a part of itself there, which is hit each time, and not nothing (as first in, first out
//! would have it).
//!
//! Three parameters differ from the paper, by the hit ratios that were measured over many traces: a small queue of 5 %
//! instead of 10, promotion after one read instead of two, and fingerprints for 0.9 of the capacity.

mod ghost;
#[cfg(test)]
mod ghost_tests;
#[cfg(test)]
mod model;
mod queue;

pub(super) use queue::Item;

use ghost::Ghost;
use queue::Queue;

/// The queues of one shard.
#[derive(Debug)]
pub(super) struct Policy<T> {
    small: Queue<T>,
    main: Queue<T>,
    ghost: Ghost,
    /// How many go into the main queue before any had to make room.
    first: usize,
    /// One had to make room, and the queues were not half empty since.
    is_full: bool,
}

impl<T: Item> Policy<T> {
    /// Queues for `capacity` entries.
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            small: Queue::new(false),
            main: Queue::new(true),
            ghost: Ghost::new(capacity - capacity / 10),
            first: capacity - (capacity / 50).max(1),
            is_full: false,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.small.len() + self.main.len()
    }

    /// Lets `item` in, whose key has this hash.
    pub(super) fn insert(&mut self, item: T, hash: u32) {
        if self.ghost.take(hash) || (!self.is_full && self.main.len() < self.first) {
            self.main.push(item);
        } else {
            self.small.push(item);
        }
    }

    /// Puts `item` where `old` was, as often read as that.
    pub(super) fn replace(&mut self, old: T, item: T) {
        item.set_reads(old.reads());
        self.queue_of(old).replace(old, item);
    }

    /// Takes `item` out, which does not have to make room.
    pub(super) fn remove(&mut self, item: T) {
        self.queue_of(item).remove(item);
        self.is_full &= self.len() > self.first / 2;
    }

    fn queue_of(&mut self, item: T) -> &mut Queue<T> {
        if queue::is_main(item) { &mut self.main } else { &mut self.small }
    }

    /// Takes out the entry that makes room; `hash` gives that of its key.
    pub(super) fn evict(&mut self, hash: impl Fn(T) -> u32) -> Option<T> {
        self.is_full = true;
        // As often as entries are passed over until all reads of before are forgotten. Many threads may read faster than this
        // goes round, and would never let it end; past that, whoever is first leaves.
        let mut patience = 4 * self.len();
        // Of those that there are: where bytes are what is short, there are fewer than there is room for.
        let share = (self.len() / 20).max(1);
        loop {
            if self.small.len() >= share || self.main.len() == 0 {
                let item = self.small.pop()?;
                if item.reads() == 0 {
                    self.ghost.put(hash(item));
                    return Some(item);
                }
                item.set_reads(0);
                self.main.push(item);
            } else {
                let item = self.main.pop()?;
                match item.reads() {
                    0 => return Some(item),
                    _ if patience == 0 => return Some(item),
                    reads => {
                        patience -= 1;
                        item.set_reads(reads - 1);
                        self.main.push(item);
                    }
                }
            }
        }
    }
}
