//! A broken handler is a miss: it never fails, delays or poisons a function, and it comes back by itself.

use std::time::Duration;

use larder::backend::{Slot, Stored, When};
use larder::{Backend, Cache, Clock, Error, Life, Opened, Pattern, Redis, Reply, cached};

use crate::support::{Runs, Server, eventually, rig};

static RUNS: Runs = Runs::new();

#[cached(name = "failures::double", ttl = 60)]
async fn double(n: u32) -> u32 {
    RUNS.add();
    n * 2
}

#[cached(name = "failures::triple", ttl = 60)]
fn triple(n: u32) -> u32 {
    RUNS.add();
    n * 3
}

/// How long `work` takes, in milliseconds.
async fn timed(work: impl Future<Output = ()>) -> u64 {
    let clock = Clock::system();
    let start = clock.now();
    work.await;
    clock.now() - start
}

#[tokio::test]
async fn with_no_server_every_call_is_answered_by_a_run_and_quickly() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let redis = Redis::builder().host("127.0.0.1").port(port);
    let cache = Cache::builder().handler("it", redis).build().unwrap();
    let _lab = larder::test::lab_with(cache.clone());
    let took = timed(async {
        for n in 0..100 {
            assert_eq!(double(n % 3).await, n % 3 * 2);
            assert_eq!(triple(n % 3), n % 3 * 3);
        }
    });
    let took = took.await;
    assert!(took < 3_000, "200 calls took {took} ms");
    assert_eq!(RUNS.take(), 200);
    assert!(double::stats().errors > 0);
    let error = double::invalidate(1).await.unwrap_err();
    assert!(matches!(error, Error::Handler { .. }), "{error}");
    assert!(error.to_string().contains("handler `it`: invalidating `failures::double`"), "{error}");
    assert!(cache.set("key", 1_u32, 60).await.is_err());
    assert_eq!(cache.get::<u32>("key").await.unwrap(), None);
    assert_eq!(cache.get_or_set("key", 1_u32, 60).await.unwrap(), 1);
}

#[tokio::test]
async fn a_server_that_goes_away_and_comes_back_is_used_again_by_itself() {
    let mut server = Server::start();
    let cache = Cache::builder().handler("it", server.builder()).build().unwrap();
    let _lab = larder::test::lab_with(cache);
    assert_eq!((double(1).await, double(1).await), (2, 2));
    assert_eq!(RUNS.take(), 1);
    server.stop();
    for _ in 0..20 {
        assert_eq!(double(1).await, 2);
    }
    assert_eq!(RUNS.take(), 20);
    server.start_again();
    eventually("results are kept again", || {
        RUNS.take();
        triple(5);
        triple(5);
        RUNS.get() == 0
    });
}

#[tokio::test]
async fn an_invalidation_that_did_not_reach_its_store_is_repeated_before_that_is_read_again() {
    let lab = larder::test::lab();
    double(1).await;
    triple(1);
    lab.cache().set("key", 1_u32, 60).await.unwrap();
    lab.fail("default");
    assert!(double::invalidate(1).await.is_err());
    assert!(triple::clear().is_err());
    assert!(lab.cache().remove("key").await.is_err());
    lab.heal("default");
    RUNS.take();
    assert_eq!((double(1).await, triple(1)), (2, 3));
    assert_eq!(RUNS.take(), 2, "both are run again");
    assert_eq!(lab.cache().get::<u32>("key").await.unwrap(), None);
}

#[tokio::test]
async fn more_invalidations_than_are_remembered_one_by_one_are_not_lost_either() {
    let lab = larder::test::lab();
    for n in 0..2_000 {
        double(n).await;
    }
    lab.fail("default");
    for n in 0..2_000 {
        assert!(double::invalidate(n).await.is_err());
    }
    lab.heal("default");
    for n in 0..2_000 {
        assert_eq!(double::peek(n).await.unwrap(), None, "{n}");
    }
}

#[tokio::test]
async fn a_handler_that_fails_while_a_result_is_stored_costs_the_caller_nothing() {
    let lab = larder::test::lab();
    let cache = lab.cache();
    let value = cache.get_or_set_with("key", 60, async || {
        lab.fail("default");
        5_u32
    });
    assert_eq!(value.await.unwrap(), 5);
    lab.heal("default");
    assert_eq!(cache.get::<u32>("key").await.unwrap(), None);
}

/// A store that never answers.
struct Hangs;

impl Backend for Hangs {
    fn get<'a>(&'a self, _: &'a [Slot<'a>]) -> Reply<'a, Vec<Option<Stored>>> {
        Reply::pending(std::future::pending())
    }

    fn put<'a>(&'a self, _: Slot<'a>, _: Option<Stored>, _: Life, _: When<'a>) -> Reply<'a, bool> {
        Reply::pending(std::future::pending())
    }

    fn remove_matching<'a>(&'a self, _: &'a Pattern) -> Reply<'a, ()> {
        Reply::pending(std::future::pending())
    }

    fn reclaim(&self) -> Reply<'_, ()> {
        Reply::pending(std::future::pending())
    }
}

#[tokio::test]
async fn a_store_that_never_answers_is_given_up_and_then_left_alone() {
    let hangs = Opened::new(Hangs).timeout(Duration::from_millis(50));
    let cache = Cache::builder().handler("it", hangs).build().unwrap();
    let _lab = larder::test::lab_with(cache);
    let took = timed(async {
        for n in 0..100 {
            assert_eq!((double(n).await, triple(n)), (n * 2, n * 3));
        }
    });
    let took = took.await;
    assert!(took < 2_000, "200 calls took {took} ms");
    assert!(double::clear().await.unwrap_err().to_string().contains("no answer within 50ms"));
}

/// A store in memory that never comes to the end of a clear by pattern.
struct NeverSwept(std::sync::Arc<dyn Backend>);

impl Backend for NeverSwept {
    fn form(&self) -> larder::backend::Form {
        self.0.form()
    }

    fn get<'a>(&'a self, slots: &'a [Slot<'a>]) -> Reply<'a, Vec<Option<Stored>>> {
        self.0.get(slots)
    }

    fn put<'a>(&'a self, slot: Slot<'a>, stored: Option<Stored>, life: Life, when: When<'a>) -> Reply<'a, bool> {
        self.0.put(slot, stored, life, when)
    }

    fn remove_matching<'a>(&'a self, _: &'a Pattern) -> Reply<'a, ()> {
        Reply::pending(std::future::pending())
    }

    fn reclaim(&self) -> Reply<'_, ()> {
        self.0.reclaim()
    }

    fn look<'a>(
        &'a self,
        key: &'a larder::key::Key<'a>,
        watch: &'a [larder::backend::EpochName<'a>],
    ) -> Reply<'a, larder::backend::Look> {
        self.0.look(key, watch)
    }
}

#[tokio::test]
async fn a_clear_by_pattern_that_never_ends_does_not_keep_the_store_from_being_used() {
    let env = larder::Env { clock: Clock::system() };
    let ram = larder::IntoHandler::open(larder::Ram::builder(), &env).unwrap();
    let cache = Cache::builder().handler("it", NeverSwept(ram.backend().clone())).build().unwrap();
    cache.set("users:1", 1_u32, 60).await.unwrap();
    assert_eq!(cache.get::<u32>("users:1").await.unwrap(), Some(1));
    let patience = Duration::from_millis(20);
    assert!(tokio::time::timeout(patience, cache.clear_matching("users:*")).await.is_err(), "it is not at its end");
    let mut found = None;
    for _ in 0..10 {
        found = tokio::time::timeout(patience, cache.get::<u32>("users:1")).await.ok();
    }
    assert_eq!(found.unwrap().unwrap(), None, "what was to be cleared is given, or every look waits for it");
    cache.set("users:2", 2_u32, 60).await.unwrap();
    assert_eq!(cache.get::<u32>("users:2").await.unwrap(), Some(2));
}

#[tokio::test]
async fn a_server_that_refuses_to_write_is_read_on() {
    let rig = rig("redis");
    let server = rig.server.as_ref().unwrap();
    let _lab = larder::test::lab_with(rig.cache.clone());
    double(1).await;
    RUNS.take();
    redis::cmd("CONFIG").arg("SET").arg("maxmemory").arg("1").exec(&mut server.raw()).unwrap();
    assert_eq!((double(2).await, double(2).await, double(1).await), (4, 4, 2));
    assert_eq!(RUNS.take(), 2, "the new result is not stored, the old one is still there");
}
