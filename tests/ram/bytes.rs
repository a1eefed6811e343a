//! A bound of bytes holds at every moment, and as much as fits is kept.

use std::sync::atomic::{AtomicI64, Ordering::SeqCst};

use larder::{Ram, cached};

use crate::{eventually, install};

/// How many values there are, copies too.
static ALIVE: AtomicI64 = AtomicI64::new(0);

/// A value of 4,000 bytes.
#[derive(Debug)]
struct Block([u8; 4_000]);

impl Block {
    fn new() -> Self {
        ALIVE.fetch_add(1, SeqCst);
        Self([0; 4_000])
    }
}

impl Clone for Block {
    fn clone(&self) -> Self {
        Self::new()
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        assert_eq!(self.0[0], 0);
        ALIVE.fetch_sub(1, SeqCst);
    }
}

#[cached]
fn block(_n: u64) -> Block {
    Block::new()
}

#[cached(threshold = 100)]
fn bounded_block(_n: u64) -> Block {
    Block::new()
}

#[cached(tags = ["all"])]
fn tagged_block(_n: u64) -> Block {
    Block::new()
}

#[cached]
fn number(n: u64) -> u64 {
    n
}

#[cached]
fn larger_than_the_bound(n: u64) -> [u8; 40_000] {
    [n as u8; 40_000]
}

fn kept(calls: impl IntoIterator<Item = u64>, peek: impl Fn(u64) -> larder::Result<Option<Block>>) -> usize {
    calls.into_iter().filter(|n| peek(*n).unwrap().is_some()).count()
}

/// Room for 25 blocks and no more.
const ROOM: u64 = 25 * 4_096;

#[test]
fn there_are_never_more_bytes_than_the_bound_and_as_many_as_fit() {
    install(Ram::builder().threshold(10_000).max_bytes(ROOM));
    for n in 0..2_000 {
        drop(block(n));
        // What has just made room is freed when it is a sixteenth.
        assert!(ALIVE.load(SeqCst) <= 25 + 2, "{}", ALIVE.load(SeqCst));
    }
    assert_eq!(kept(0..2_000, block::peek), 25);
}

#[test]
fn both_bounds_hold_beside_each_other() {
    install(Ram::builder().threshold(10).max_bytes(ROOM));
    (0..100).for_each(|n| drop(block(n)));
    assert_eq!(kept(0..100, block::peek), 10);
}

#[test]
fn a_value_that_is_larger_than_the_bound_is_not_kept_and_nothing_makes_room_for_it() {
    install(Ram::builder().max_bytes(32_000));
    (0..5).for_each(|n| drop(block(n)));
    for n in 0..10 {
        assert_eq!(larger_than_the_bound(n)[0], n as u8);
        assert!(larger_than_the_bound::peek(n).unwrap().is_none());
    }
    assert_eq!(larger_than_the_bound::stats().runs, 10);
    assert_eq!(kept(0..5, block::peek), 5);
}

#[test]
fn what_is_read_stays_where_bytes_are_short() {
    install(Ram::builder().threshold(1_000_000).max_bytes(ROOM));
    for n in 0..2_000 {
        drop(block(n));
        (0..5).for_each(|n| drop(block(n)));
    }
    let stats = block::stats();
    assert!(stats.runs < 2_000 + 50, "{stats:?}");
}

#[test]
fn what_leaves_in_whatever_way_gives_its_bytes_back() {
    install(Ram::builder().threshold(10_000).max_bytes(ROOM));
    let cache = larder::cache().blocking();
    for _ in 0..5 {
        (0..100).for_each(|n| drop((block(n), tagged_block(n))));
        (0..100).for_each(|n| drop(block::refresh(n)));
        (0..100).for_each(|n| block::invalidate(n).unwrap());
        (0..100).for_each(|n| drop(block(n)));
        cache.invalidate_tag("all").unwrap();
        cache.clear_matching("*").unwrap();
        cache.clear().unwrap();
        assert_eq!(ALIVE.load(SeqCst), 0);
    }
    (0..100).for_each(|n| drop(block(n)));
    assert_eq!(kept(0..100, block::peek), 25);
    block::clear().unwrap();
    eventually("what was cleared is dropped", || ALIVE.load(SeqCst) == 0);
    (0..100).for_each(|n| drop(block(n)));
    assert_eq!(kept(0..100, block::peek), 25);
}

#[test]
fn the_bytes_are_divided_among_functions_that_have_a_threshold() {
    // The thresholds count for as many blocks as there are bytes for, so each has a half of them.
    install(Ram::builder().threshold(100).max_bytes(ROOM * 2));
    (0..100).for_each(|n| drop(block(n)));
    assert_eq!(kept(0..100, block::peek), 50);
    (0..100).for_each(|n| drop(bounded_block(n)));
    assert_eq!((kept(0..100, block::peek), kept(0..100, bounded_block::peek)), (25, 25));
    (100..400).for_each(|n| drop(block(n)));
    assert_eq!(kept(0..100, bounded_block::peek), 25);
    (100..400).for_each(|n| drop(bounded_block(n)));
    assert_eq!((kept(0..400, block::peek), kept(0..400, bounded_block::peek)), (25, 25));
    larder::cache().blocking().clear().unwrap();
    assert_eq!(ALIVE.load(SeqCst), 0);
}

#[test]
fn many_threads_keep_within_the_bound() {
    install(Ram::builder().threshold(1_000_000).max_bytes(16 << 20));
    std::thread::scope(|scope| {
        for thread in 0..4_u64 {
            scope.spawn(move || {
                for n in 0..8_000 {
                    let n = (n * 7 + thread * 13) % 6_000;
                    drop(block(n));
                    assert_eq!(number(n), n);
                    if n % 500 == 0 {
                        block::invalidate(n).unwrap();
                        drop(block::refresh(n + 1));
                    }
                }
            });
        }
    });
    let kept = kept(0..6_000, block::peek);
    eventually("what has left is dropped", || ALIVE.load(SeqCst) <= kept as i64);
    assert!(kept * 4_000 <= 16 << 20, "{kept}");
    assert!(kept > (16 << 20) / 4_096 * 3 / 4, "{kept}");
}
