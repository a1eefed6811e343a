//! Whoever calls after an invalidation never gets what was read before it: on every handler, with runs in flight.

use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use larder::{Cache, Clock, cached};

use crate::support::{Gate, KINDS, Runs, rig, rig_by};

/// What the functions below read, as if from a database.
static SOURCE: AtomicU32 = AtomicU32::new(0);
static RUNS: Runs = Runs::new();

#[cached(name = "reads", key = "row:{id}", tags = ["rows", "row:{id}"], skip(gate))]
async fn reads(gate: &Gate, id: u32) -> u32 {
    // In this order: the test moves on when it sees the run.
    let read = SOURCE.load(Ordering::SeqCst);
    RUNS.add();
    gate.passed().await;
    read
}

#[cached(name = "other", tags = ["rows"])]
async fn other(id: u32) -> u32 {
    RUNS.add();
    SOURCE.load(Ordering::SeqCst) + id
}

/// Every way to make `reads(7)` invalid.
const WAYS: [&str; 6] = ["key", "function", "tag", "tag of a value", "handler", "pattern"];

async fn invalidate(way: &str, cache: &Cache) {
    match way {
        "key" => reads::invalidate(7).await,
        "function" => reads::clear().await,
        "tag" => cache.invalidate_tag("rows").await,
        "tag of a value" => cache.invalidate_tag("row:7").await,
        "handler" => cache.clear().await,
        "pattern" => cache.clear_matching("reads:row:?").await,
        other => panic!("there is no way `{other}`"),
    }
    .unwrap();
}

fn open_gate() -> Gate {
    let gate = Gate::default();
    gate.open();
    gate
}

#[tokio::test]
async fn what_was_stored_is_gone() {
    for kind in KINDS {
        let rig = rig(kind);
        let _lab = larder::test::lab_with(rig.cache.clone());
        let gate = open_gate();
        for way in WAYS {
            SOURCE.store(1, Ordering::SeqCst);
            reads::refresh(&gate, 7).await;
            assert_eq!(reads(&gate, 7).await, 1, "{kind}, {way}");
            SOURCE.store(2, Ordering::SeqCst);
            assert_eq!(reads(&gate, 7).await, 1, "{kind}, {way}");
            invalidate(way, &rig.cache).await;
            assert_eq!(reads::peek(7).await.unwrap(), None, "{kind}, {way}");
            assert_eq!(reads(&gate, 7).await, 2, "{kind}, {way}");
            assert_eq!(reads::peek(7).await.unwrap(), Some(2), "{kind}, {way}: and it is stored again");
        }
    }
}

#[tokio::test]
async fn no_run_in_flight_undoes_it() {
    for kind in KINDS {
        let rig = rig(kind);
        let _lab = larder::test::lab_with(rig.cache.clone());
        for way in WAYS {
            for stored_before in [false, true] {
                let case = format!("{kind}, {way}, stored before: {stored_before}");
                rig.cache.clear().await.unwrap();
                SOURCE.store(1, Ordering::SeqCst);
                if stored_before {
                    reads(&open_gate(), 7).await;
                }
                let gate = Gate::default();
                RUNS.take();
                let mut flight = Box::pin(async {
                    if stored_before { reads::refresh(&gate, 7).await } else { reads(&gate, 7).await }
                });
                while RUNS.get() == 0 {
                    assert!(poll_once(flight.as_mut()).is_none(), "{case}");
                    tokio::task::yield_now().await;
                }
                SOURCE.store(2, Ordering::SeqCst);
                invalidate(way, &rig.cache).await;
                gate.open();
                assert_eq!(flight.await, 1, "{case}: who called before gets what was read");
                assert_eq!(reads::peek(7).await.unwrap(), None, "{case}: and it is not stored");
                assert_eq!(reads(&open_gate(), 7).await, 2, "{case}");
            }
        }
    }
}

fn poll_once<F: Future>(future: std::pin::Pin<&mut F>) -> Option<F::Output> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        std::task::Poll::Ready(output) => Some(output),
        std::task::Poll::Pending => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_calls_after_it_does_not_get_the_result_of_a_run_that_began_before() {
    for kind in KINDS {
        let rig = rig(kind);
        let lab = larder::test::lab_with(rig.cache.clone());
        for way in WAYS {
            rig.cache.clear().await.unwrap();
            SOURCE.store(1, Ordering::SeqCst);
            RUNS.take();
            let gate = Gate::default();
            let before = tokio::spawn(lab.run({
                let gate = gate.clone();
                async move { reads(&gate, 7).await }
            }));
            while RUNS.get() == 0 {
                tokio::task::yield_now().await;
            }
            SOURCE.store(2, Ordering::SeqCst);
            invalidate(way, &rig.cache).await;
            let after = tokio::spawn(lab.run({
                let gate = gate.clone();
                async move { reads(&gate, 7).await }
            }));
            tokio::task::yield_now().await;
            gate.open();
            assert_eq!(before.await.unwrap(), 1, "{kind}, {way}");
            assert_eq!(after.await.unwrap(), 2, "{kind}, {way}");
            assert_eq!(reads(&gate, 7).await, 2, "{kind}, {way}");
        }
    }
}

#[tokio::test]
async fn it_spares_what_it_does_not_name() {
    for kind in KINDS {
        let rig = rig(kind);
        let _lab = larder::test::lab_with(rig.cache.clone());
        let gate = open_gate();
        reads(&gate, 7).await;
        reads(&gate, 8).await;
        other(7).await;
        rig.cache.set("row:7", 1_u32, 60).await.unwrap();
        RUNS.take();
        reads::invalidate(7).await.unwrap();
        rig.cache.invalidate_tag("row:7").await.unwrap();
        rig.cache.clear_matching("reads:row:7").await.unwrap();
        reads(&gate, 8).await;
        other(7).await;
        assert_eq!(RUNS.take(), 0, "{kind}");
        reads::clear().await.unwrap();
        other(7).await;
        assert_eq!(RUNS.take(), 0, "{kind}");
        assert_eq!(rig.cache.get::<u32>("row:7").await.unwrap(), Some(1), "{kind}");
        rig.cache.clear_matching("row*").await.unwrap();
        assert_eq!(rig.cache.get::<u32>("row:7").await.unwrap(), None, "{kind}");
        rig.cache.invalidate_tag("rows").await.unwrap();
        other(7).await;
        assert_eq!(RUNS.take(), 1, "{kind}: one tag may be on two functions");
    }
}

#[tokio::test]
async fn losing_every_epoch_of_the_server_makes_misses_and_never_old_values() {
    let rig = rig("redis");
    let server = rig.server.as_ref().unwrap();
    let _lab = larder::test::lab_with(rig.cache.clone());
    let gate = open_gate();
    SOURCE.store(1, Ordering::SeqCst);
    reads(&gate, 7).await;
    rig.cache.set("direct", 1_u32, 60).await.unwrap();
    let mut raw = server.raw();
    let epochs: Vec<String> = redis::cmd("KEYS").arg("cache:e:*").query(&mut raw).unwrap();
    assert!(epochs.len() >= 4, "{epochs:?}");
    redis::cmd("DEL").arg(&epochs).exec(&mut raw).unwrap();
    SOURCE.store(2, Ordering::SeqCst);
    assert_eq!(reads(&gate, 7).await, 2);
    assert_eq!(rig.cache.get::<u32>("direct").await.unwrap(), None);
    assert_eq!(reads(&gate, 7).await, 2);
}

#[tokio::test]
async fn a_removed_key_is_not_brought_back_by_a_load_that_was_under_way() {
    for kind in KINDS {
        let rig = rig(kind);
        let cache = &rig.cache;
        let gate = Gate::default();
        let mut load = Box::pin(cache.get_or_set_with("key", 60, async || {
            RUNS.add();
            gate.passed().await;
            1_u32
        }));
        RUNS.take();
        while RUNS.get() == 0 {
            assert!(poll_once(load.as_mut()).is_none());
            tokio::task::yield_now().await;
        }
        cache.remove("key").await.unwrap();
        gate.open();
        assert_eq!(load.await.unwrap(), 1);
        assert_eq!(cache.get::<u32>("key").await.unwrap(), None, "{kind}");
    }
}

#[cached(name = "maybe", ttl = 1, skip(gate, read))]
async fn maybe(gate: &Gate, read: Option<u32>) -> Option<u32> {
    RUNS.add();
    gate.passed().await;
    read
}

#[tokio::test]
async fn an_old_run_does_not_come_back_when_what_was_stored_after_the_invalidation_is_over() {
    for kind in KINDS {
        for newer in ["a run", "a value that was set", "a run that stores nothing"] {
            let clock = Clock::standing();
            let rig = rig_by(kind, &clock);
            let _lab = larder::test::lab_with(rig.cache.clone());
            let (closed, open) = (Gate::default(), open_gate());
            RUNS.take();
            let mut old = Box::pin(maybe(&closed, Some(1)));
            while RUNS.get() == 0 {
                assert!(poll_once(old.as_mut()).is_none());
                tokio::task::yield_now().await;
            }
            maybe::invalidate().await.unwrap();
            match newer {
                "a run" => assert_eq!(maybe(&open, Some(2)).await, Some(2)),
                "a run that stores nothing" => assert_eq!(maybe(&open, None).await, None),
                _ => maybe::prime(Some(2)).await.unwrap(),
            }
            clock.advance(Duration::from_secs(2));
            assert_eq!(maybe::peek().await.unwrap(), None, "{kind}, {newer}: it is over");
            closed.open();
            assert_eq!(old.await, Some(1));
            assert_eq!(maybe::peek().await.unwrap(), None, "{kind}, {newer}: and the old one is not stored");
            assert_eq!(maybe(&open, Some(3)).await, Some(3), "{kind}, {newer}");
            assert_eq!(maybe::peek().await.unwrap(), Some(3), "{kind}, {newer}: and newer ones are");
        }
    }
}
