//! Primaries that are lost, and replicas that take their place.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use cache_core::key::Key;
use cache_core::{Cache, Clock, EpochName, Life, block_on};

use super::Until;
use super::nodes::Nodes;
use crate::server::{eventually, open};

/// One handler in each form.
fn caches(nodes: &Nodes) -> Vec<Cache> {
    let plain = Cache::builder().handler("redis", nodes.builder()).build().unwrap();
    #[cfg(feature = "ram")]
    {
        use cache_backends::{Ram, Tiered};
        let tiered = || Cache::builder().handler("t", Tiered::new(Ram::builder(), nodes.builder())).build().unwrap();
        vec![plain, tiered(), tiered()]
    }
    #[cfg(not(feature = "ram"))]
    vec![plain]
}

fn keys() -> impl Iterator<Item = String> {
    (0..24).map(|number| format!("a{number}"))
}

fn get(cache: &Cache, key: &str) -> Option<String> {
    cache.blocking().get(key).ok().flatten()
}

fn set(cache: &Cache, key: &str, value: &str) {
    eventually("it can be set", || cache.blocking().set(key, value.to_owned(), 300).is_ok());
}

/// Replicas may be a moment behind, so nothing of what is asserted here is lost on the way to them.
fn replicated(nodes: &Nodes) {
    for node in nodes.all().filter(|node| node.is_fine() && !node.is_replica()) {
        let Ok(mut connection) = node.connection() else { continue };
        let offset = |info: &str| {
            info.lines().find_map(|line| line.strip_prefix("master_repl_offset:")?.trim().parse::<u64>().ok())
        };
        let info = |connection: &mut redis::Connection| {
            redis::cmd("INFO").arg("replication").query::<String>(connection).unwrap()
        };
        let written = offset(&info(&mut connection)).unwrap();
        eventually("its replica has what was written", || {
            let info = info(&mut connection);
            let behind = |line: &str| line.split("offset=").nth(1)?.split(',').next()?.parse::<u64>().ok();
            info.lines()
                .filter(|line| line.starts_with("slave"))
                .all(|line| behind(line).is_some_and(|at| at >= written))
        });
    }
}

#[test]
fn a_replica_takes_the_place_of_a_primary_that_is_killed() {
    let mut nodes = Nodes::with_replicas();
    let caches = caches(&nodes);
    for key in keys() {
        set(&caches[0], &key, "one");
    }
    for cache in &caches {
        for key in keys() {
            eventually("it is near", || get(cache, &key).as_deref() == Some("one"));
        }
    }
    // What is invalidated before counts after.
    let removed: Vec<String> = keys().step_by(3).collect();
    for key in &removed {
        caches[0].blocking().remove(key).unwrap();
    }
    replicated(&nodes);
    let lost: Vec<String> = keys().filter(|key| nodes.home(&format!("cache:k:{key}")) == 0).collect();
    assert!(lost.iter().any(|key| !removed.contains(key)));
    nodes.primaries[0].kill();

    // Nobody waits for long, and nobody is given what was removed.
    let clock = Clock::system();
    let killed = clock.now();
    eventually("its replica has its place", || {
        for cache in &caches {
            for key in keys() {
                let start = clock.now();
                let found = get(cache, &key);
                assert!(clock.now() - start < 2_500, "a call took {} ms", clock.now() - start);
                assert!(found.is_none() || !removed.contains(&key), "{key} was removed before");
                assert!(found.is_none_or(|found| found == "one"));
            }
        }
        caches
            .iter()
            .all(|cache| keys().all(|key| removed.contains(&key) || get(cache, &key).as_deref() == Some("one")))
    });
    assert!(clock.now() - killed < 8_000, "it took {} ms to come back", clock.now() - killed);

    everything_works(&caches);
}

/// Also between handlers: what one of them writes or clears is seen by all.
fn everything_works(caches: &[Cache]) {
    for (round, writer) in caches.iter().enumerate() {
        let value = format!("round {round}");
        for key in keys() {
            set(writer, &key, &value);
        }
        for cache in caches {
            for key in keys() {
                eventually("what was written is seen", || get(cache, &key).as_ref() == Some(&value));
            }
        }
        eventually("it can be cleared", || writer.blocking().clear_matching("a1*").is_ok());
        for cache in caches {
            for key in keys() {
                eventually("what was cleared is gone", || get(cache, &key).is_none() == key.starts_with("a1"));
            }
        }
    }
}

/// Both stay alive, and the old one goes on to send messages, of what it hears from the new one.
#[test]
fn a_primary_that_makes_place_for_its_replica_is_left_without_an_error() {
    let nodes = Nodes::with_replicas();
    let caches = caches(&nodes);
    let (over, round) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        let until = Until(&over);
        for cache in &caches {
            let over = &over;
            scope.spawn(move || {
                let mut newest = HashMap::<String, u64>::new();
                while !over.load(Ordering::SeqCst) {
                    for key in keys() {
                        let Some(found) = cache.blocking().get::<u64>(&key).unwrap() else { continue };
                        let newest = newest.entry(key).or_default();
                        assert!(found >= *newest, "{found} was read behind {newest}");
                        *newest = found;
                    }
                }
            });
        }
        let writer = scope.spawn(|| {
            while !over.load(Ordering::SeqCst) {
                let next = round.load(Ordering::SeqCst) + 1;
                for key in keys() {
                    caches[0].blocking().set(&key, next, 300).unwrap();
                }
                round.store(next, Ordering::SeqCst);
            }
        });
        let rounds = |count: u64| {
            let until = round.load(Ordering::SeqCst) + count;
            eventually("writes go on", || round.load(Ordering::SeqCst) >= until || writer.is_finished());
        };
        for (old, new) in [(&nodes.primaries[0], &nodes.replicas[0]), (&nodes.primaries[1], &nodes.replicas[1])] {
            rounds(5);
            new.ask::<()>(&["CLUSTER", "FAILOVER"]);
            eventually("they have changed places", || old.is_replica() && !new.is_replica());
            rounds(5);
        }
        drop(until);
    });
    for cache in &caches {
        for key in keys() {
            let last = round.load(Ordering::SeqCst);
            eventually("the last one is seen", || cache.blocking().get::<u64>(&key).unwrap() == Some(last));
        }
    }
    everything_works(&caches);
}

/// It is asked nothing, as all that is needed of it is near; so nothing but the passing of time tells that it is lost.
#[test]
fn a_primary_that_hangs_is_not_trusted_for_long() {
    let nodes = Nodes::with_replicas();
    let builder = || nodes.builder().timeout(Duration::from_millis(500));
    let (reader, writer) = (open(builder()), open(builder()));
    let name = (0..).map(|number| EpochName::tag(&number.to_string()).into_owned());
    let mut name = name.skip_while(|name| nodes.home(&format!("cache:{}", name.text())) != 0);
    let key = keys().find(|key| nodes.home(&format!("cache:k:{key}")) == 1).unwrap();
    let names = [name.next().unwrap()];
    let look = || block_on(reader.look(&Key::direct(&key), &names)).ok().map(|look| look.epochs[0]);
    let before = block_on(writer.epochs(&names, Life::FOREVER)).unwrap()[0];
    eventually("it is near", || look() == Some(Some(before)) && look() == Some(Some(before)));
    replicated(&nodes);

    nodes.primaries[0].signal("-STOP");
    // As somebody does who asks for other things all the time.
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let until = Until(&over);
        let reader = scope.spawn(|| {
            let clock = Clock::system();
            let mut last_trusted = clock.now();
            while !over.load(Ordering::SeqCst) {
                if look() == Some(Some(before)) {
                    last_trusted = clock.now();
                }
            }
            last_trusted
        });
        eventually("its replica has its place", || !nodes.replicas[0].is_replica());
        eventually("it is renewed", || block_on(writer.renew(&names)).is_ok());
        let renewed = Clock::system().now();
        eventually("the new one is seen", || look().flatten().is_some_and(|epoch| epoch != before));
        drop(until);
        let last_trusted = reader.join().unwrap();
        assert!(last_trusted < renewed + 1_000, "it was trusted for {} ms", last_trusted - renewed);
    });
    nodes.primaries[0].signal("-CONT");
    eventually("it follows", || nodes.primaries[0].is_replica());
    everything_works(&caches(&nodes));
}
