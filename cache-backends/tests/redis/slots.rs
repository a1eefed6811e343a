//! Entries on the server: what a hit costs, lives, and writes that meet.

use std::time::Duration;

use cache_core::key::Key;
use cache_core::{Backend, EpochName, Life, Slot, Stored, When, block_on};

use crate::forbid_tracking;
use crate::server::{Server, eventually, open};

fn bytes(text: &str) -> Option<Stored> {
    Some(Stored::Bytes(text.as_bytes().to_vec()))
}

fn set(backend: &dyn Backend, key: &str, value: &str, life: Life) {
    let key = Key::direct(key);
    assert!(block_on(backend.put(Slot::Entry(&key), bytes(value), life, When::Always)).unwrap());
}

#[test]
fn a_hit_is_one_get() {
    let server = Server::start();
    let backend = server.backend();
    let watch = [EpochName::HANDLER, EpochName::function("f"), EpochName::tag("t")];
    let epochs = block_on(backend.epochs(&watch, Life::FOREVER)).unwrap();
    set(&*backend, "a", "value", Life::FOREVER);
    let key = Key::direct("a");
    let calls = |command: &str| server.calls(command);
    // The first looks read the epochs along, until the server's messages about their making are here.
    eventually("the epochs are near", || {
        let before = calls("mget");
        drop(block_on(backend.look(&key, &watch)).unwrap());
        calls("mget") == before
    });
    let before = (calls("get"), calls("mget"));
    for _ in 0..100 {
        let look = block_on(backend.look(&key, &watch)).unwrap();
        assert_eq!(look.stored.as_ref().and_then(Stored::as_bytes), Some(&b"value"[..]));
        assert_eq!(look.epochs, epochs.iter().copied().map(Some).collect::<Vec<_>>());
    }
    assert_eq!((calls("get"), calls("mget")), (before.0 + 100, before.1));
    // Epochs that live long enough cost nothing.
    let commands = || ["set", "get", "mget", "eval", "persist"].map(calls);
    let before = commands();
    assert_eq!(block_on(backend.epochs(&watch, Life::of(Duration::from_secs(60)))).unwrap(), epochs);
    block_on(backend.extend(&watch, Life::FOREVER)).unwrap();
    assert_eq!(commands(), before);
}

#[test]
fn a_hit_is_one_get_also_where_an_epoch_is_missing() {
    let server = Server::start();
    let backend = server.backend();
    let (key, watch) = (Key::direct("a"), [EpochName::PATTERNS]);
    assert_eq!(block_on(backend.look(&key, &watch)).unwrap().epochs, [None]);
    let before = (server.calls("get"), server.calls("mget"));
    for _ in 0..10 {
        assert_eq!(block_on(backend.look(&key, &watch)).unwrap().epochs, [None]);
    }
    assert_eq!((server.calls("get"), server.calls("mget")), (before.0 + 10, before.1));
    let made = block_on(backend.epochs(&watch, Life::FOREVER)).unwrap()[0];
    assert_eq!(block_on(backend.current(&watch)).unwrap(), [Some(made)]);
    assert_eq!(block_on(backend.look(&key, &watch)).unwrap().epochs, [Some(made)]);
}

#[test]
fn without_tracking_epochs_come_with_the_value() {
    let server = Server::start();
    forbid_tracking(&server);
    let backend = open(server.builder().username("plain").password("plain"));
    let other = server.backend();
    let watch = [EpochName::HANDLER];
    let before = block_on(backend.epochs(&watch, Life::FOREVER)).unwrap();
    for _ in 0..10 {
        let look = block_on(backend.look(&Key::direct("a"), &watch)).unwrap();
        assert_eq!(look.epochs, [Some(before[0])]);
    }
    block_on(other.renew(&watch)).unwrap();
    let look = block_on(backend.look(&Key::direct("a"), &watch)).unwrap();
    assert_ne!(look.epochs, [Some(before[0])]);
    assert_eq!(block_on(backend.epochs(&watch, Life::FOREVER)).unwrap()[0], look.epochs[0].unwrap());
}

#[test]
fn fractions_of_a_second_are_kept() {
    let server = Server::start();
    let backend = server.backend();
    let half = Life::of(Duration::from_millis(500));
    set(&*backend, "a", "value", half);
    let key = Key::direct("b");
    let seen = block_on(backend.look(&key, &[])).unwrap().seen();
    let when = When::Unchanged { seen: &seen, epoch: None };
    assert!(block_on(backend.put(Slot::Entry(&key), bytes("value"), half, when)).unwrap());
    set(&*backend, "c", "old", Life::FOREVER);
    let key = Key::direct("c");
    let seen = block_on(backend.look(&key, &[])).unwrap().seen();
    let when = When::Unchanged { seen: &seen, epoch: None };
    assert!(block_on(backend.put(Slot::Entry(&key), bytes("new"), half, when)).unwrap());
    for key in ["cache:k:a", "cache:k:b", "cache:k:c"] {
        let left: i64 = redis::cmd("PTTL").arg(key).query(&mut server.raw()).unwrap();
        assert!((1..=500).contains(&left), "{key} has {left} ms left of 500");
    }
}

#[test]
fn of_writers_on_two_connections_one_wins() {
    let server = Server::start();
    let handlers = [server.backend(), server.backend()];
    let key = Key::direct("a");
    for round in 0..50 {
        if round % 2 == 0 {
            set(&*handlers[0], "a", &format!("round {round}"), Life::FOREVER);
        } else {
            block_on(handlers[0].put(Slot::Entry(&key), None, Life::FOREVER, When::Always)).unwrap();
        }
        let looks = handlers.each_ref().map(|backend| block_on(backend.look(&key, &[])).unwrap());
        let wrote: Vec<bool> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|index| {
                    let (backend, look) = (&handlers[index % 2], &looks[index % 2]);
                    scope.spawn(move || {
                        let when = When::Unchanged { seen: &look.seen(), epoch: None };
                        let value = bytes(&format!("{round} by {index}"));
                        block_on(backend.put(Slot::Entry(&Key::direct("a")), value, Life::FOREVER, when)).unwrap()
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(wrote.iter().filter(|wrote| **wrote).count(), 1, "in round {round}: {wrote:?}");
    }
}

#[test]
fn a_script_that_the_server_forgot_is_sent_again() {
    let server = Server::start();
    let backend = server.backend();
    let key = Key::direct("a");
    for value in ["1", "2", "3"] {
        set(&*backend, "a", "seen", Life::FOREVER);
        let seen = block_on(backend.look(&key, &[])).unwrap().seen();
        redis::cmd("SCRIPT").arg("FLUSH").exec(&mut server.raw()).unwrap();
        let when = When::Unchanged { seen: &seen, epoch: None };
        assert!(block_on(backend.put(Slot::Entry(&key), bytes(value), Life::FOREVER, when)).unwrap());
    }
}

#[test]
fn a_key_of_another_type_is_an_empty_slot_that_is_left_alone() {
    let server = Server::start();
    let backend = server.backend();
    redis::cmd("RPUSH").arg("cache:k:list").arg("theirs").exec(&mut server.raw()).unwrap();
    redis::cmd("RPUSH").arg("cache:e:t:list").arg("theirs").exec(&mut server.raw()).unwrap();
    let (key, tag) = (Key::direct("list"), EpochName::tag("list"));
    let look = block_on(backend.look(&key, std::slice::from_ref(&tag))).unwrap();
    assert!(look.stored.is_none() && look.epochs == [None]);
    assert!(block_on(backend.get(&[Slot::Entry(&key)])).unwrap()[0].is_none());
    let when = When::Unchanged { seen: &look.seen(), epoch: None };
    assert!(!block_on(backend.put(Slot::Entry(&key), bytes("ours"), Life::FOREVER, when)).unwrap());
    set(&*backend, "other", "value", Life::FOREVER);
    let seen = block_on(backend.look(&Key::direct("other"), &[])).unwrap().seen();
    let when = When::Unchanged { seen: &seen, epoch: None };
    assert!(!block_on(backend.put(Slot::Entry(&key), bytes("ours"), Life::FOREVER, when)).unwrap());
    // Nobody is waited for where nothing can be stored.
    let lead = block_on(backend.lead(&key, &look.seen(), Duration::from_secs(10))).unwrap();
    assert!(matches!(lead, cache_core::Lead::Unshared), "{lead:?}");
    let length: i64 = redis::cmd("LLEN").arg("cache:k:list").query(&mut server.raw()).unwrap();
    assert_eq!(length, 1);
}

#[test]
fn a_value_is_set_in_one_round_trip_unless_the_slot_has_to_remember_more() {
    let server = Server::start();
    let cache = cache_core::Cache::builder().handler("redis", server.builder()).build().unwrap();
    let cache = cache.blocking();
    let commands = || ["get", "set", "eval", "evalsha", "mget"].map(|command| server.calls(command));
    let left = || -> i64 { redis::cmd("PTTL").arg("cache:k:a").query(&mut server.raw()).unwrap() };
    cache.set("a", 1_u32, 300).unwrap();
    eventually("the epochs are near", || {
        let before = commands();
        cache.set("a", 2_u32, 300).unwrap();
        commands()[0] == before[0]
    });
    let before = commands();
    for number in 0..10_u32 {
        cache.set("a", number, 300).unwrap();
    }
    let [get, set, eval, evalsha, mget] = before;
    assert_eq!(commands(), [get, set + 10, eval, evalsha, mget]);
    // Over an invalidation the slot is kept for as long as a run may last that began before it.
    cache.remove("a").unwrap();
    cache.set("a", 7_u32, 1).unwrap();
    assert!(left() > 3_000_000, "the slot forgets the invalidation after {} ms", left());
    assert_eq!(cache.get::<u32>("a").unwrap(), Some(7));
    eventually("the value is over", || cache.get::<u32>("a").unwrap().is_none());
    assert!(left() > 3_000_000);
    // What is of another type is somebody else's; it is written over, as it is without this.
    redis::cmd("DEL").arg("cache:k:a").exec(&mut server.raw()).unwrap();
    redis::cmd("SADD").arg("cache:k:a").arg("x").exec(&mut server.raw()).unwrap();
    cache.set("a", 8_u32, 300).unwrap();
    assert_eq!(cache.get::<u32>("a").unwrap(), Some(8));
}
