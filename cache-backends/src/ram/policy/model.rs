//! The queues against a plain model of S3-FIFO: the same entries make room, in the same order.

use std::cell::Cell;
use std::collections::VecDeque;

use proptest::prelude::*;

use super::ghost::Ghost;
use super::{Item, Policy};

/// What is remembered of keys that left.
trait Memory {
    fn put(&mut self, key: u64);
    fn take(&mut self, key: u64) -> bool;
}

/// The last ones, exactly.
struct Exact {
    memory: usize,
    left: Vec<Option<u64>>,
}

impl Memory for Exact {
    fn put(&mut self, key: u64) {
        self.left.push(Some(key));
    }

    fn take(&mut self, key: u64) -> bool {
        let oldest = self.left.len().saturating_sub(self.memory + 1);
        let found = self.left[oldest..].iter_mut().find(|left| **left == Some(key));
        found.map(Option::take).is_some()
    }
}

impl Memory for Ghost {
    fn put(&mut self, key: u64) {
        Self::put(self, hash(key));
    }

    fn take(&mut self, key: u64) -> bool {
        Self::take(self, hash(key))
    }
}

pub(super) fn hash(key: u64) -> u32 {
    let mut hash = key.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (hash ^ (hash >> 31)) as u32
}

/// S3-FIFO as its paper has it, with the parameters that the module names: keys, and how often each was read.
struct Model<M> {
    capacity: usize,
    small: VecDeque<(u64, u8)>,
    main: VecDeque<(u64, u8)>,
    memory: M,
    is_full: bool,
}

impl<M: Memory> Model<M> {
    fn new(capacity: usize, memory: M) -> Self {
        Self { capacity, small: VecDeque::new(), main: VecDeque::new(), memory, is_full: false }
    }

    fn reads_of(&mut self, key: u64) -> Option<&mut u8> {
        let found = self.small.iter_mut().chain(&mut self.main).find(|(other, _)| *other == key);
        found.map(|(_, reads)| reads)
    }

    fn read(&mut self, key: u64) {
        if let Some(reads) = self.reads_of(key) {
            *reads = 3.min(*reads + 1);
        }
    }

    fn remove(&mut self, key: u64) {
        self.small.retain(|(other, _)| *other != key);
        self.main.retain(|(other, _)| *other != key);
        if self.small.len() + self.main.len() <= self.first() / 2 {
            self.is_full = false;
        }
    }

    /// How many are the first ones, which the main queue takes.
    fn first(&self) -> usize {
        self.capacity - 1.max(self.capacity / 50)
    }

    /// Lets a key in that is not there; gives the one that made room.
    fn insert(&mut self, key: u64) -> Option<u64> {
        let is_full = self.small.len() + self.main.len() == self.capacity;
        let victim = is_full.then(|| self.evict());
        let is_first = !self.is_full && self.main.len() < self.first();
        let queue = if self.memory.take(key) || is_first { &mut self.main } else { &mut self.small };
        queue.push_back((key, 0));
        victim
    }

    fn evict(&mut self) -> u64 {
        self.is_full = true;
        let share = 1.max((self.small.len() + self.main.len()) / 20);
        loop {
            if self.small.len() >= share || self.main.is_empty() {
                match self.small.pop_front().unwrap() {
                    (key, 0) => {
                        self.memory.put(key);
                        return key;
                    }
                    (key, _) => self.main.push_back((key, 0)),
                }
            } else {
                match self.main.pop_front().unwrap() {
                    (key, 0) => return key,
                    (key, reads) => self.main.push_back((key, reads - 1)),
                }
            }
        }
    }
}

#[derive(Debug, Default)]
struct Entry {
    key: u64,
    place: Cell<u32>,
    reads: Cell<u8>,
}

impl Item for &Entry {
    fn place(self) -> u32 {
        self.place.get()
    }

    fn set_place(self, place: u32) {
        self.place.set(place);
    }

    fn reads(self) -> u8 {
        self.reads.get()
    }

    fn set_reads(self, reads: u8) {
        self.reads.set(reads);
    }
}

/// The queues, used as a shard uses them.
struct Real<'a> {
    capacity: usize,
    policy: Policy<&'a Entry>,
    there: Vec<&'a Entry>,
}

impl<'a> Real<'a> {
    fn new(capacity: usize) -> Self {
        Self { capacity, policy: Policy::new(capacity), there: Vec::new() }
    }

    fn place_of(&self, key: u64) -> Option<usize> {
        self.there.iter().position(|entry| entry.key == key)
    }

    fn read(&self, key: u64) {
        if let Some(index) = self.place_of(key) {
            let reads = &self.there[index].reads;
            reads.set(3.min(reads.get() + 1));
        }
    }

    fn remove(&mut self, key: u64) {
        if let Some(index) = self.place_of(key) {
            let entry = self.there.swap_remove(index);
            self.policy.remove(entry);
        }
    }

    fn put(&mut self, entry: &'a Entry) -> Option<u64> {
        if let Some(index) = self.place_of(entry.key) {
            self.policy.replace(self.there[index], entry);
            self.there[index] = entry;
            return None;
        }
        let is_full = self.policy.len() == self.capacity;
        let victim = is_full.then(|| self.policy.evict(|entry| hash(entry.key)).unwrap().key);
        self.there.retain(|entry| Some(entry.key) != victim);
        self.policy.insert(entry, hash(entry.key));
        self.there.push(entry);
        victim
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// As a cached call: a read where it is there, else it is put.
    Call(u64),
    Read(u64),
    Put(u64),
    Remove(u64),
}

/// Steps on few keys, small numbers more often than large ones.
fn steps(keys: u64) -> impl Strategy<Value = Vec<Step>> {
    let key = move || (0..keys, 0..keys).prop_map(|(one, other)| one.min(other));
    let step = prop_oneof![
        6 => key().prop_map(Step::Call),
        2 => key().prop_map(Step::Read),
        2 => key().prop_map(Step::Put),
        1 => key().prop_map(Step::Remove),
    ];
    proptest::collection::vec(step, 1..600)
}

fn compare(capacity: usize, memory: impl Memory, steps: &[Step]) -> Result<(), TestCaseError> {
    let new = |step: &Step| {
        let (Step::Call(key) | Step::Read(key) | Step::Put(key) | Step::Remove(key)) = *step;
        Entry { key, ..Entry::default() }
    };
    let entries: Vec<Entry> = steps.iter().map(new).collect();
    let (mut model, mut real) = (Model::new(capacity, memory), Real::new(capacity));
    for (step, entry) in steps.iter().zip(&entries) {
        let key = entry.key;
        let is_there = model.reads_of(key).is_some();
        prop_assert_eq!(real.place_of(key).is_some(), is_there);
        match step {
            Step::Call(_) | Step::Read(_) if is_there => {
                model.read(key);
                real.read(key);
            }
            Step::Read(_) => {}
            Step::Remove(_) => {
                model.remove(key);
                real.remove(key);
            }
            Step::Put(_) if is_there => {
                prop_assert_eq!(real.put(entry), None);
            }
            Step::Put(_) | Step::Call(_) => prop_assert_eq!(real.put(entry), model.insert(key)),
        }
        prop_assert_eq!(real.policy.len(), model.small.len() + model.main.len());
    }
    // The order of all that are left.
    while !real.there.is_empty() {
        let victim = real.policy.evict(|entry| hash(entry.key)).unwrap().key;
        prop_assert_eq!(victim, model.evict());
        real.there.retain(|entry| entry.key != victim);
    }
    prop_assert_eq!(real.policy.len(), 0);
    Ok(())
}

proptest! {
    /// Where fingerprints lie in one set, they are exact.
    #[test]
    fn the_same_entries_make_room_as_in_a_plain_model(capacity in 1_usize..8, steps in steps(16)) {
        let memory = Exact { memory: capacity, left: Vec::new() };
        compare(capacity, memory, &steps)?;
    }

    /// What fingerprints remember is tested by itself; here the model asks them too.
    #[test]
    fn the_same_entries_make_room_where_the_small_queue_has_several(capacity in 20_usize..100, steps in steps(150)) {
        compare(capacity, Ghost::new(capacity - capacity / 10), &steps)?;
    }
}

/// Is read again, by other threads, as soon as anyone looks.
#[derive(Clone, Copy)]
struct Hot<'a>(&'a Entry, &'a Cell<u32>);

impl Item for Hot<'_> {
    fn place(self) -> u32 {
        self.0.place()
    }

    fn set_place(self, place: u32) {
        self.0.set_place(place);
    }

    fn reads(self) -> u8 {
        self.1.set(self.1.get() + 1);
        assert!(self.1.get() < 100_000, "nobody makes room");
        3
    }

    fn set_reads(self, _: u8) {}
}

#[test]
fn one_makes_room_though_all_are_read_again_faster_than_they_go_round() {
    for capacity in [1, 2, 50, 200] {
        let (entries, looks): (Vec<_>, _) = ((0..capacity).map(|_| Entry::default()).collect(), Cell::new(0));
        let mut policy = Policy::new(capacity);
        entries.iter().for_each(|entry| policy.insert(Hot(entry, &looks), 1));
        for left in (0..capacity).rev() {
            looks.set(0);
            assert!(policy.evict(|_| 1).is_some());
            assert_eq!(policy.len(), left);
        }
    }
}
