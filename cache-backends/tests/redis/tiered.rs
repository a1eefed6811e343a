//! Memory in front of a server: near, and never older than what the server says.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use cache_backends::{Ram, Redis, RedisBuilder, Tiered};
use cache_core::{Cache, Clock, IntoHandler as _, contract};

use crate::fresh_prefix;
use crate::proxy::Proxy;
use crate::server::{Server, env, eventually};

fn cache(redis: RedisBuilder) -> Cache {
    Cache::builder().handler("tiered", Tiered::new(Ram::builder(), redis)).build().unwrap()
}

fn set(cache: &Cache, key: &str, value: &str) {
    cache.blocking().set(key, value.to_owned(), 300).unwrap();
}

fn get(cache: &Cache, key: &str) -> Option<String> {
    cache.blocking().get(key).unwrap()
}

/// Reads `key` until that asks the server nothing.
fn bring_near(server: &Server, cache: &Cache, key: &str, value: &str) {
    eventually("the value is near", || {
        let before = server.calls("get");
        assert_eq!(get(cache, key).as_deref(), Some(value));
        server.calls("get") == before
    });
}

#[test]
fn it_passes_the_contract() {
    let server = Server::start();
    contract::check(&|_| Tiered::new(Ram::builder(), server.builder().prefix(fresh_prefix())).open(&env()).unwrap());
}

#[test]
fn what_was_read_once_is_read_of_memory() {
    let server = Server::start();
    let cache = cache(server.builder());
    set(&cache, "a", "one");
    bring_near(&server, &cache, "a", "one");
    let before = (server.calls("get"), server.calls("pttl"), server.calls("mget"));
    for _ in 0..1_000 {
        assert_eq!(get(&cache, "a").as_deref(), Some("one"));
    }
    assert_eq!((server.calls("get"), server.calls("pttl"), server.calls("mget")), before);
}

#[test]
fn what_another_process_changes_is_seen_within_a_round_trip() {
    let server = Server::start();
    let (one, other) = (cache(server.builder()), cache(server.builder()));
    let clock = Clock::system();
    let mut slowest = 0;
    for round in 0..200 {
        let (before, after) = (format!("{round}"), format!("{round} and more"));
        set(&other, "a", &before);
        eventually("the new value is seen", || get(&one, "a").as_ref() == Some(&before));
        assert_eq!(get(&one, "a").as_ref(), Some(&before));
        match round % 4 {
            0 => set(&other, "a", &after),
            1 => other.blocking().remove("a").unwrap(),
            2 => other.blocking().clear_matching("a*").unwrap(),
            _ => other.blocking().clear().unwrap(),
        }
        let changed = clock.now();
        eventually("the old value is gone", || get(&one, "a").as_ref() != Some(&before));
        slowest = slowest.max(clock.now() - changed);
    }
    assert!(slowest < 1_000, "a change was seen after {slowest} ms only");
}

#[test]
fn what_this_process_changes_is_seen_at_once() {
    let server = Server::start();
    let cache = cache(server.builder());
    for round in 0..300 {
        let value = format!("{round}");
        set(&cache, "a", &value);
        assert_eq!(get(&cache, "a").as_ref(), Some(&value));
        assert_eq!(get(&cache, "a").as_ref(), Some(&value));
        match round % 3 {
            0 => cache.blocking().remove("a").unwrap(),
            1 => cache.blocking().clear_matching("*").unwrap(),
            _ => cache.blocking().clear().unwrap(),
        }
        assert_eq!(get(&cache, "a"), None);
    }
}

/// One process writes numbers that grow, and removes them; many threads of another one read. What a reader that begins after
/// a write was acknowledged gives, a message later, is that number or a newer one.
#[test]
fn no_reader_goes_back() {
    let server = Server::start();
    let (writer, reader) = (cache(server.builder()), cache(server.builder()));
    let over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut newest = 0_u64;
                while !over.load(Ordering::SeqCst) {
                    if let Some(found) = reader.blocking().get::<u64>("a").unwrap() {
                        assert!(found >= newest, "{found} was read behind {newest}");
                        newest = found;
                    }
                }
            });
        }
        for number in 1..3_000_u64 {
            writer.blocking().set("a", number, 300).unwrap();
        }
        over.store(true, Ordering::SeqCst);
    });
    eventually("the last one is seen", || reader.blocking().get::<u64>("a").unwrap() == Some(2_999));
}

#[test]
fn a_value_is_not_kept_for_longer_than_the_server_keeps_it() {
    let server = Server::start();
    let cache = cache(server.builder());
    cache.blocking().set("a", "one".to_owned(), Duration::from_millis(400)).unwrap();
    assert_eq!(get(&cache, "a").as_deref(), Some("one"));
    let clock = Clock::system();
    let start = clock.now();
    eventually("it is over", || get(&cache, "a").is_none());
    assert!(clock.now() - start < 1_000, "it was given after its end");
    // And where somebody else makes it shorter.
    set(&cache, "b", "one");
    bring_near(&server, &cache, "b", "one");
    redis::cmd("PEXPIRE").arg("cache:k:b").arg(1).exec(&mut server.raw()).unwrap();
    eventually("it is over", || get(&cache, "b").is_none());
}

#[test]
fn nothing_of_memory_is_given_after_the_connection_was_lost() {
    let server = Server::start();
    let cache = cache(server.builder());
    for round in 0..5 {
        let value = format!("{round}");
        eventually("it works", || cache.blocking().set("a", value.clone(), 300).is_ok());
        // Reads are tried again a little later than writes.
        eventually("it is read", || get(&cache, "a").as_ref() == Some(&value));
        bring_near(&server, &cache, "a", &value);
        // The message about the second command can reach nobody.
        redis::pipe()
            .cmd("CLIENT")
            .arg(&["KILL", "TYPE", "normal", "SKIPME", "yes"])
            .cmd("DEL")
            .arg("cache:k:a")
            .exec(&mut server.raw())
            .unwrap();
        let clock = Clock::system();
        let killed = clock.now();
        eventually("the loss is noticed", || cache.blocking().get::<String>("a").ok().flatten().is_none());
        assert!(clock.now() - killed < 1_000, "a value was given long after its connection was lost");
        for _ in 0..100 {
            assert_eq!(cache.blocking().get::<String>("a").ok().flatten(), None);
        }
    }
}

#[test]
fn a_server_that_hangs_is_noticed_within_the_heartbeat() {
    let server = Server::start();
    let cache = cache(server.builder().timeout(Duration::from_millis(500)));
    set(&cache, "a", "one");
    bring_near(&server, &cache, "a", "one");
    server.signal("-STOP");
    let clock = Clock::system();
    let stopped = clock.now();
    eventually("memory is not trusted any more", || get(&cache, "a").is_none());
    let took = clock.now() - stopped;
    assert!(took < 3_000, "what is near was given for {took} ms after the server had stopped");
    server.signal("-CONT");
    eventually("it is there again", || get(&cache, "a").as_deref() == Some("one"));
}

#[test]
fn fresh_values_of_memory_are_served_without_the_server_where_that_is_asked_for() {
    let mut server = Server::start();
    let builder = || Tiered::new(Ram::builder(), server.builder());
    let plain = Cache::builder().handler("tiered", builder()).build().unwrap();
    let serving = Cache::builder().handler("tiered", builder().serve_without_remote(true)).build().unwrap();
    set(&plain, "a", "one");
    for cache in [&plain, &serving] {
        bring_near(&server, cache, "a", "one");
    }
    server.stop();
    eventually("the plain one gives nothing", || get(&plain, "a").is_none());
    for _ in 0..100 {
        assert_eq!(get(&serving, "a").as_deref(), Some("one"));
    }
    // What this process invalidates meanwhile is not given, whether or not the server could be told.
    drop(serving.blocking().remove("a"));
    assert_eq!(get(&serving, "a"), None);
    server.start_again();
    eventually("it works again", || serving.blocking().set("b", "two".to_owned(), 300).is_ok());
    assert_eq!(get(&serving, "a"), None, "the server came back empty, and memory was trusted");
}

#[test]
fn without_messages_of_the_server_nothing_is_near() {
    let server = Server::start();
    crate::forbid_tracking(&server);
    let cache = cache(server.builder().username("plain").password("plain"));
    set(&cache, "a", "one");
    for _ in 0..10 {
        let before = server.calls("get");
        assert_eq!(get(&cache, "a").as_deref(), Some("one"));
        assert_eq!(server.calls("get"), before + 1);
    }
}

#[test]
fn memory_has_the_bounds_of_its_builder() {
    let server = Server::start();
    let near = Ram::builder().threshold(10);
    let cache = Cache::builder().handler("tiered", Tiered::new(near, server.builder())).build().unwrap();
    for number in 0..100 {
        set(&cache, &number.to_string(), "value");
    }
    for number in 0..100 {
        assert_eq!(get(&cache, &number.to_string()).as_deref(), Some("value"));
    }
    let before = server.calls("get");
    for number in 0..100 {
        assert_eq!(get(&cache, &number.to_string()).as_deref(), Some("value"));
    }
    assert!(server.calls("get") - before >= 80, "more is near than there may be");
}

#[test]
fn a_configuration_of_either_tier_is_checked() {
    let refused = |near, redis| {
        let built = Cache::builder().handler("tiered", Tiered::new(near, redis)).build();
        built.err().map(|error| error.to_string()).unwrap_or_default()
    };
    assert!(refused(Ram::builder().threshold(0), Redis::builder()).contains("threshold(0)"));
    assert!(refused(Ram::builder(), Redis::builder().prefix("")).contains("prefix is empty"));
}

#[test]
fn a_handler_that_is_dropped_closes_its_connection_also_while_its_heart_beats() {
    let server = Server::start();
    let mut raw = server.raw();
    let mut clients = || Server::clients(&mut raw);
    let before = clients();
    let cache = Arc::new(cache(server.builder()));
    set(&cache, "a", "one");
    bring_near(&server, &cache, "a", "one");
    drop(cache);
    eventually("its connection is closed", || clients() == before);
}

#[test]
fn a_link_that_is_cut_without_a_sign_gives_old_values_for_no_longer_than_the_heartbeat() {
    let server = Server::start();
    let proxy = Proxy::to(server.port);
    let redis = Redis::builder().host("127.0.0.1").port(proxy.port).timeout(Duration::from_millis(300));
    let (near, other) = (cache(redis), cache(server.builder()));
    let clock = Clock::system();
    for round in 0..2 {
        let value = format!("{round}");
        set(&other, "a", &value);
        eventually("it is near", || get(&near, "a").as_ref() == Some(&value));
        bring_near(&server, &near, "a", &value);
        proxy.cut(true);
        let cut = clock.now();
        set(&other, "a", "newer");
        let mut last = cut;
        while clock.now() - cut < 2_000 {
            match get(&near, "a") {
                Some(found) if found == value => last = clock.now(),
                Some(found) => panic!("{found} came over a link that is cut"),
                None => std::thread::park_timeout(Duration::from_millis(5)),
            }
        }
        assert!(last - cut < 1_300, "an old value was given {} ms after the link was cut", last - cut);
        proxy.cut(false);
        eventually("the newer value is seen", || get(&near, "a").as_deref() == Some("newer"));
    }
}
