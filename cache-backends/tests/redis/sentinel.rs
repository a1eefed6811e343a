//! Finding the primary by sentinels, following it, and leaving a server that is a replica.

use std::time::Duration;

use cache_backends::Redis;
use cache_core::key::Key;
use cache_core::{Backend, BackendError, Clock, EpochName, Life, Slot, Stored, When, block_on};

use crate::group::{Group, LONG, NAME, Sentinel};
use crate::proxy::Proxy;
use crate::server::{Server, eventually, eventually_within, free_port, open};

fn put(backend: &dyn Backend, key: &str, value: &[u8]) -> Result<bool, BackendError> {
    let value = Some(Stored::Bytes(value.to_vec()));
    block_on(backend.put(Slot::Entry(&Key::direct(key)), value, Life::FOREVER, When::Always))
}

fn get(backend: &dyn Backend, key: &str) -> Result<Option<Vec<u8>>, BackendError> {
    let found = block_on(backend.get(&[Slot::Entry(&Key::direct(key))]))?;
    Ok(found[0].as_ref().and_then(Stored::as_bytes).map(<[u8]>::to_vec))
}

fn renew(backend: &dyn Backend) -> Result<(), BackendError> {
    block_on(backend.renew(&[EpochName::HANDLER]))
}

/// Whether `server` itself has this entry.
fn has(server: &Server, key: &str) -> bool {
    // One whose role is changing gives no answer.
    let asked = |mut raw| redis::cmd("EXISTS").arg(format!("cache:k:{key}")).query(&mut raw);
    server.try_raw().and_then(asked).unwrap_or(false)
}

#[test]
fn a_primary_that_dies_is_replaced_and_what_was_replicated_is_there() {
    let mut group = Group::start(2);
    let backend = open(group.builder());
    assert!(put(&*backend, "before", b"value").unwrap());
    redis::cmd("WAIT").arg(&[2, 10_000]).exec(&mut group.servers[0].raw()).unwrap();
    eventually("the replicas have the value", || group.servers[1..].iter().all(|server| has(server, "before")));

    group.servers[0].stop();
    eventually("the loss is noticed", || get(&*backend, "before").is_err());
    let clock = Clock::system();
    let (mut calls, start) = (0, clock.now());
    eventually_within(LONG, "the handler works again", || {
        calls += 1;
        match get(&*backend, "before") {
            Ok(found) => {
                assert_eq!(found.as_deref(), Some(&b"value"[..]));
                true
            }
            Err(error) => {
                assert!(error.to_string().starts_with("redis `mymaster` of sentinels 127.0.0.1:"), "{error}");
                false
            }
        }
    });
    let took = clock.now() - start;
    assert!(took < 200 || calls > 10, "{calls} calls took {took} ms, so they waited for the failover");
    eventually_within(LONG, "what is put is in the new primary", || {
        put(&*backend, "after", b"value").is_ok() && has(group.successor(), "after")
    });
}

#[test]
fn a_primary_that_is_replaced_and_lives_on_is_left() {
    let group = Group::start(2);
    let backend = open(group.builder());
    assert!(put(&*backend, "before", b"value").unwrap());
    group.sentinels[0].fail_over();
    let successor = group.successor();
    eventually_within(LONG, "what is put is in the new primary", || {
        put(&*backend, "after", b"value").is_ok() && has(successor, "after")
    });
}

#[test]
fn sentinels_that_are_down_or_hang_are_passed_over() {
    let server = Server::start();
    let (hung, good) = (Sentinel::start(server.port, &[]), Sentinel::start(server.port, &[]));
    hung.signal("-STOP");
    let addresses =
        [format!("127.0.0.1:{}", free_port()), format!("127.0.0.1:{}", hung.port), format!("127.0.0.1:{}", good.port)];
    let backend = open(Redis::builder().sentinel(NAME, addresses.clone()).timeout(Duration::from_secs(4)));
    renew(&*backend).unwrap();
    let url = format!("redis+sentinel://{}/{NAME}/1", addresses.join(","));
    let other_db = open(Redis::builder().url(url).timeout(Duration::from_secs(4)));
    assert!(put(&*other_db, "a", b"value").unwrap());
    assert!(!has(&server, "a"), "the db of the url is not used");

    let only_bad = open(Redis::builder().sentinel(NAME, &addresses[..2]).timeout(Duration::from_millis(600)));
    let error = renew(&*only_bad).unwrap_err().to_string();
    assert!(error.contains("no sentinel says where the primary is"), "{error}");
    assert!(error.contains(&format!("{}: it answered nothing for 200ms", addresses[1])), "{error}");
    hung.signal("-CONT");
    eventually("the handler works", || renew(&*only_bad).is_ok());
}

#[test]
fn what_is_wrong_with_sentinels_is_said() {
    let server = Server::with(&["--requirepass", "secret"]);
    let auth = format!("sentinel auth-pass {NAME} secret");
    let sentinel = Sentinel::start(server.port, &[&auth]);
    let at = format!("127.0.0.1:{}", sentinel.port);
    let refused = |builder: cache_backends::RedisBuilder| {
        let builder = builder.timeout(Duration::from_secs(4));
        let shown = format!("{builder:?}");
        let error = renew(&*open(builder)).expect_err("this is to be refused").to_string();
        assert!(!(error.clone() + &shown).contains("hunter2"), "{error}{shown}");
        error
    };
    let says = |error: String, expected: &str| assert!(error.contains(expected), "{error:?} does not say {expected:?}");

    let name = refused(Redis::builder().sentinel("other", [&at]));
    says(name.clone(), "knows no primary named `other`: check the name");
    says(name, &format!("redis `other` of sentinels {at}, db 0: renew epochs failed"));
    let no_sentinel = Redis::builder().sentinel(NAME, [format!("127.0.0.1:{}", Server::start().port)]);
    says(refused(no_sentinel), "no sentinel");
    says(refused(Redis::builder().sentinel(NAME, [&at])), "the server wants a password: add `.password(..)`");
    renew(&*open(Redis::builder().sentinel(NAME, [&at]).password("secret"))).unwrap();

    let guarded = Sentinel::guarded(server.port, &[&auth], "guarded");
    let with = || Redis::builder().sentinel(NAME, [format!("127.0.0.1:{}", guarded.port)]).password("secret");
    says(refused(with()), "the sentinel wants a password: add `.sentinel_password(..)`");
    says(refused(with().sentinel_password("hunter2")), "the sentinel refused the user or password");
    renew(&*open(with().sentinel_password("guarded"))).unwrap();
    renew(&*open(with().sentinel_username("default").sentinel_password("guarded"))).unwrap();
}

#[test]
fn a_replica_that_sentinels_take_for_the_primary_is_not_used() {
    let primary = Server::start();
    let port = primary.port.to_string();
    let sentinel = Sentinel::start(primary.port, &[]);
    let other = Server::start();
    redis::cmd("REPLICAOF").arg("127.0.0.1").arg(other.port).exec(&mut primary.raw()).unwrap();
    let backend = open(Redis::builder().sentinel(NAME, [format!("127.0.0.1:{}", sentinel.port)]));
    let error = renew(&*backend).unwrap_err().to_string();
    let expected = format!("the server is a replica, or becomes one (its sentinels name 127.0.0.1:{port})");
    assert!(error.contains(&expected), "{error}");
    redis::cmd("REPLICAOF").arg(&["NO", "ONE"]).exec(&mut primary.raw()).unwrap();
    eventually("the handler works", || renew(&*backend).is_ok());
}

#[cfg(feature = "ram")]
#[test]
fn a_replica_that_is_tried_is_not_the_return_of_the_server() {
    use cache_backends::{Ram, Tiered};
    use cache_core::Cache;

    let primary = Server::start();
    let sentinel = Sentinel::start(primary.port, &[]);
    let redis = Redis::builder().sentinel(NAME, [format!("127.0.0.1:{}", sentinel.port)]);
    let tiered = Tiered::new(Ram::builder(), redis).serve_without_remote(true);
    let cache = Cache::builder().handler("tiered", tiered).build().unwrap();
    cache.blocking().set("a", "value".to_owned(), 300).unwrap();
    let get = || cache.blocking().get::<String>("a").unwrap();
    eventually("the value is near", || {
        let before = primary.calls("get");
        get().is_some() && primary.calls("get") == before
    });
    // It replicates nobody, so it tells nobody that its keys are gone.
    let port = free_port().to_string();
    let mut raw = primary.raw();
    redis::cmd("REPLICAOF").arg(&["127.0.0.1", &port]).exec(&mut raw).unwrap();
    let before = primary.calls("role");
    redis::cmd("CLIENT").arg(&["KILL", "TYPE", "normal", "SKIPME", "yes"]).exec(&mut raw).unwrap();
    eventually("it was tried several times", || {
        assert_eq!(get().as_deref(), Some("value"));
        primary.calls("role") >= before + 3
    });
}

/// Without sentinels, a name may lead to another server from one moment to the next.
#[test]
fn a_server_that_was_demoted_is_left_for_the_one_behind_the_same_name() {
    let (old, new) = (Server::start(), Server::start());
    let proxy = Proxy::to(old.port);
    let backend = open(Redis::builder().host("127.0.0.1").port(proxy.port));
    assert!(put(&*backend, "a", b"old").unwrap());
    let seen = block_on(backend.look(&Key::direct("a"), &[])).unwrap().seen();

    redis::cmd("REPLICAOF").arg("127.0.0.1").arg(new.port).exec(&mut old.raw()).unwrap();
    proxy.lead_to(new.port);
    // This is a script, which says it in other words than a command.
    let key = Key::direct("a");
    let when = When::Unchanged { seen: &seen, epoch: None };
    let changed = block_on(backend.put(Slot::Entry(&key), Some(Stored::Bytes(b"new".to_vec())), Life::FOREVER, when));
    let error = changed.unwrap_err().to_string();
    assert!(error.contains("this server is a replica"), "{error}");
    eventually("what is put is in the new server", || put(&*backend, "a", b"new").is_ok() && has(&new, "a"));
}
