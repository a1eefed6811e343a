//! Many threads read, write, evict and invalidate at once, and every value that is read is that of its key.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Barrier};

use larder::{Ram, cached};

use crate::{eventually, install};

/// How many values there are.
static ALIVE: AtomicI64 = AtomicI64::new(0);

/// A value that knows its key, is made of several parts, and is seen to be dropped once.
#[derive(Debug)]
struct Checked {
    key: u64,
    text: String,
    alive: AtomicBool,
}

impl Checked {
    fn new(key: u64) -> Self {
        ALIVE.fetch_add(1, SeqCst);
        Self { key, text: key.to_string().repeat(3), alive: AtomicBool::new(true) }
    }

    fn check(&self, key: u64) {
        assert!(self.alive.load(SeqCst), "the value of {key} was dropped");
        assert_eq!((self.key, &self.text), (key, &key.to_string().repeat(3)));
    }
}

impl Clone for Checked {
    fn clone(&self) -> Self {
        self.check(self.key);
        Self::new(self.key)
    }
}

impl Drop for Checked {
    fn drop(&mut self) {
        assert!(self.alive.swap(false, SeqCst), "the value of {} is dropped twice", self.key);
        ALIVE.fetch_sub(1, SeqCst);
    }
}

#[cached]
fn number(n: u64) -> Checked {
    Checked::new(n)
}

#[cached]
fn text(name: &str, n: u64) -> Checked {
    assert_eq!(name, name_of(n));
    Checked::new(n)
}

#[cached(ttl = "20ms")]
fn short_lived(n: u64) -> Checked {
    Checked::new(n)
}

fn name_of(n: u64) -> String {
    "name".repeat(n as usize % 7) + &n.to_string()
}

struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

fn one_of_many_calls(random: &mut Random, keys: u64) {
    // Small numbers come more often.
    let limit = random.below(keys) + 1;
    let n = random.below(limit);
    match random.below(1_000) {
        0 => number::clear().unwrap(),
        1 => larder::cache().blocking().clear().unwrap(),
        2..=20 => number::invalidate(n).unwrap(),
        21..=40 => text::invalidate(&name_of(n), n).unwrap(),
        41..=60 => number::refresh(n).check(n),
        61..=400 => text(&name_of(n), n).check(n),
        401..=500 => short_lived(n).check(n),
        _ => number(n).check(n),
    }
}

fn run(threshold: usize, keys: u64, calls: u64) {
    install(Ram::builder().threshold(threshold));
    let (threads, done) = (4, AtomicU64::new(0));
    let start = Barrier::new(threads);
    std::thread::scope(|scope| {
        for thread in 0..threads as u64 {
            let (start, done) = (&start, &done);
            scope.spawn(move || {
                let mut random = Random(0x9e37_79b9_7f4a_7c15 ^ (thread + 1));
                start.wait();
                for _ in 0..calls {
                    one_of_many_calls(&mut random, keys);
                }
                done.fetch_add(1, SeqCst);
            });
        }
    });
    assert_eq!(done.load(SeqCst), threads as u64);
    assert!(number::stats().hits > 0 && text::stats().hits > 0);
    larder::cache().blocking().clear().unwrap();
    eventually("all values are dropped", || ALIVE.load(SeqCst) == 0);
}

#[test]
fn every_value_is_that_of_its_key_in_one_shard() {
    run(300, 1_000, 60_000);
}

#[test]
fn every_value_is_that_of_its_key_in_many_shards_that_grow() {
    run(20_000, 30_000, 60_000);
}

#[test]
fn every_value_is_that_of_its_key_where_few_fit() {
    run(3, 20, 30_000);
}

#[cached]
fn recursive(n: u64) -> Arc<u64> {
    Arc::new(if n < 2 { n } else { *recursive(n - 1) + *recursive(n - 2) })
}

#[test]
fn recursion_evicts_under_its_own_feet() {
    install(Ram::builder().threshold(30));
    assert_eq!(*recursive(90), 2_880_067_194_370_816_120);
}
