//! `threshold` is a hard bound, at every moment.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};

use larder::{Ram, cached};

use crate::eventually;
use crate::support::{Counted, Random, alive, entries, install_shown};

#[cached]
fn number(n: u64) -> Counted {
    Counted::new(n)
}

#[cached]
fn text(text: &str) -> Counted {
    Counted::new(text.len() as u64)
}

#[cached(tags = ["tagged", "tagged:{n}"])]
fn tagged(n: u64) -> Counted {
    Counted::new(n)
}

/// One of the ways to store something.
fn write(random: &mut Random, keys: u64) {
    let n = random.below(keys);
    match random.below(100) {
        0..=9 => drop(text(&format!("the long key of number {n}"))),
        10..=19 => drop(tagged(n)),
        20..=24 => larder::cache().blocking().set(&n.to_string(), Counted::new(n), 300).unwrap(),
        25..=29 => number::prime(n, Counted::new(n)).unwrap(),
        30..=34 => drop(number::refresh(n)),
        35..=37 => number::invalidate(n).unwrap(),
        38 if random.below(50) == 0 => number::clear().unwrap(),
        _ => drop(number(n)),
    }
}

/// What was taken out waits for those who may be reading it; on a loaded machine they may be stopped for a while.
const NOT_FREED_YET: i64 = 20_000;

fn the_bound_is_never_passed(threshold: usize, keys: u64, writes: u64) {
    install_shown(Ram::builder().threshold(threshold));
    let (writing, looks) = (AtomicU64::new(3), AtomicU64::new(0));
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for seed in 0..3 {
            let (writing, is_done) = (&writing, &is_done);
            scope.spawn(move || {
                let mut random = Random::new(seed);
                (0..writes).for_each(|_| write(&mut random, keys));
                if writing.fetch_sub(1, SeqCst) == 1 {
                    is_done.store(true, SeqCst);
                }
            });
        }
        while !is_done.load(SeqCst) {
            let (entries, alive) = (entries(), alive());
            assert!(entries <= threshold, "{entries} entries, where {threshold} is the bound");
            assert!(alive <= threshold as i64 + NOT_FREED_YET, "{alive} values of {threshold} entries");
            looks.fetch_add(1, SeqCst);
        }
    });
    assert!(looks.load(SeqCst) > 10);
    // Each entry has one value, and each value one entry.
    eventually("no value but those of entries", || alive() == entries() as i64);
    // What was cleared is taken out once in a while, perhaps in the middle of this: then it takes another round.
    let mut keys = 0..;
    eventually("nearly all places are used", || {
        for n in keys.by_ref().take(threshold * 3) {
            drop(number(n));
            assert!(entries() <= threshold);
        }
        entries() * 10 >= threshold * 9
    });
    eventually("no value but those of entries", || alive() == entries() as i64);
}

#[test]
fn no_more_entries_than_one() {
    the_bound_is_never_passed(1, 10, 5_000);
}

#[test]
fn no_more_entries_than_the_threshold_in_one_shard() {
    the_bound_is_never_passed(150, 400, 10_000);
}

#[test]
fn no_more_entries_than_a_threshold_that_shards_cannot_share_evenly() {
    the_bound_is_never_passed(1_027, 3_000, 10_000);
}

#[test]
fn no_more_entries_than_the_threshold_while_shards_grow() {
    the_bound_is_never_passed(4_001, 12_000, 10_000);
}
