//! Slots that move while they are used.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use cache_core::Cache;

use super::Until;
use super::moving::Move;
use super::nodes::Nodes;
use crate::server::eventually;

/// All its keys are in one hash slot.
const TAG: &str = "{moved}";

fn key(number: usize) -> String {
    format!("{TAG}:{number}")
}

fn caches(nodes: &Nodes) -> Vec<Cache> {
    let plain = || Cache::builder().handler("redis", nodes.builder()).build().unwrap();
    #[cfg(feature = "ram")]
    {
        use cache_backends::{Ram, Tiered};
        let tiered = Tiered::new(Ram::builder(), nodes.builder());
        vec![plain(), plain(), Cache::builder().handler("tiered", tiered).build().unwrap()]
    }
    #[cfg(not(feature = "ram"))]
    vec![plain(), plain()]
}

#[test]
fn a_slot_that_moves_is_followed() {
    let mut nodes = Nodes::start();
    let fresh = nodes.join();
    let slot = nodes.slot(&format!("cache:k:{TAG}"));
    let home = nodes.home(&format!("cache:k:{TAG}"));
    let other = (home + 1) % 3;
    for (from, to) in [(home, fresh), (fresh, other), (other, home)] {
        what_is_near_is_told_of_writes_on_both_servers(&nodes, slot, from, to);
        nobody_notices_a_move(&nodes, slot, to, from);
        clearing_reaches_keys_that_are_on_their_way(&nodes, slot, from, to);
    }
}

/// Readers and a writer go on; nobody gets an error, a wrong value, or an older one than before.
fn nobody_notices_a_move(nodes: &Nodes, slot: u16, from: usize, to: usize) {
    let caches = caches(nodes);
    let (over, written) = (AtomicBool::new(false), AtomicU64::new(0));
    let moving = Move::begin(nodes, slot, from, to);
    std::thread::scope(|scope| {
        let until = Until(&over);
        for cache in &caches {
            let over = &over;
            scope.spawn(move || {
                let mut newest = [0_u64; 8];
                while !over.load(Ordering::SeqCst) {
                    for (number, newest) in newest.iter_mut().enumerate() {
                        let found = cache.blocking().get::<(usize, u64)>(&key(number)).unwrap();
                        if let Some((of, found)) = found {
                            assert_eq!(of, number, "the value of another key");
                            assert!(found >= *newest, "{found} was read behind {newest}");
                            *newest = found;
                        }
                    }
                }
            });
        }
        let writer = scope.spawn(|| {
            while !over.load(Ordering::SeqCst) {
                let round = written.load(Ordering::SeqCst) + 1;
                for number in 0..8 {
                    caches[0].blocking().set(&key(number), (number, round), 300).unwrap();
                }
                caches[0].blocking().remove(&key((round % 8) as usize)).unwrap();
                written.store(round, Ordering::SeqCst);
            }
        });
        let rounds = |count: u64| {
            let until = written.load(Ordering::SeqCst) + count;
            eventually("writes go on", || written.load(Ordering::SeqCst) >= until || writer.is_finished());
        };
        for _ in 0..6 {
            rounds(3);
            moving.step(2);
        }
        moving.end();
        rounds(10);
        drop(until);
    });
    let last = written.load(Ordering::SeqCst);
    for cache in &caches {
        for number in 0..8 {
            let expected = ((last % 8) as usize != number).then_some((number, last));
            eventually("the last one is seen", || {
                cache.blocking().get::<(usize, u64)>(&key(number)).unwrap() == expected
            });
        }
    }
}

/// The slot stays on its way, so that nothing but the messages of the server that has the keys by now tells of writes.
fn what_is_near_is_told_of_writes_on_both_servers(nodes: &Nodes, slot: u16, from: usize, to: usize) {
    let caches = caches(nodes);
    let moving = Move::begin(nodes, slot, from, to);
    for step in 0..3 {
        for number in 0..8 {
            caches[0].blocking().set(&key(number), step, 300).unwrap();
        }
        for cache in &caches {
            for number in 0..8 {
                for _ in 0..3 {
                    eventually("it is seen", || cache.blocking().get::<i32>(&key(number)).unwrap() == Some(step));
                }
            }
        }
        moving.step(4);
    }
    for number in 0..8 {
        caches[0].blocking().remove(&key(number)).unwrap();
        for cache in &caches {
            eventually("it is gone", || cache.blocking().get::<i32>(&key(number)).unwrap().is_none());
        }
    }
    moving.end();
}

fn clearing_reaches_keys_that_are_on_their_way(nodes: &Nodes, slot: u16, from: usize, to: usize) {
    let caches = caches(nodes);
    let count = 300;
    for number in 0..count {
        caches[0].blocking().set(&key(number), "old".to_owned(), 300).unwrap();
    }
    // Back to where it came from, some before, most while it is cleared.
    let moving = Move::begin(nodes, slot, from, to);
    moving.step(50);
    std::thread::scope(|scope| {
        scope.spawn(|| while moving.step(5) {});
        caches[1].blocking().clear_matching(&format!("{}*", TAG.replace('{', r"\{"))).unwrap();
    });
    for cache in &caches {
        for number in 0..count {
            eventually("it is cleared", || cache.blocking().get::<String>(&key(number)).unwrap().is_none());
        }
    }
    moving.end();
}
