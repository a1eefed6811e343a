//! Of concurrent renewals the newest stays; what is set or primed is not replaced by a run that began before.

use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use cache_core::Memory;
use larder::backend::Backend as _;
use larder::{Cache, Clock, Opened, Ram, cached};

use crate::support::{Gate, KINDS, Runs, rig};

static SOURCE: AtomicU32 = AtomicU32::new(0);
static RUNS: Runs = Runs::new();

#[cached(name = "newest", skip(gate))]
async fn reads(gate: &Gate, id: u32) -> Option<u32> {
    RUNS.add();
    let _ = id;
    let read = SOURCE.load(Ordering::SeqCst);
    gate.passed().await;
    (read > 0).then_some(read)
}

async fn started<F: Future>(future: F) -> std::pin::Pin<Box<F>> {
    let mut future = Box::pin(future);
    RUNS.take();
    while RUNS.get() == 0 {
        assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        tokio::task::yield_now().await;
    }
    future
}

#[tokio::test]
async fn a_refresh_is_not_undone_by_an_older_run_that_ends_first() {
    for kind in KINDS {
        let rig = rig(kind);
        let _lab = larder::test::lab_with(rig.cache.clone());
        SOURCE.store(1, Ordering::SeqCst);
        let (first, second) = (Gate::default(), Gate::default());
        let old = started(reads(&first, 1)).await;
        SOURCE.store(2, Ordering::SeqCst);
        let refresh = started(reads::refresh(&second, 1)).await;
        first.open();
        assert_eq!(old.await, Some(1), "{kind}");
        second.open();
        assert_eq!(refresh.await, Some(2), "{kind}");
        assert_eq!(reads(&first, 1).await, Some(2), "{kind}");
    }
}

#[tokio::test]
async fn a_newer_refresh_is_not_undone_by_an_older_run_that_ends_last() {
    for kind in KINDS {
        let rig = rig(kind);
        let _lab = larder::test::lab_with(rig.cache.clone());
        SOURCE.store(1, Ordering::SeqCst);
        let (closed, open) = (Gate::default(), Gate::default());
        open.open();
        let old = started(reads(&closed, 1)).await;
        SOURCE.store(2, Ordering::SeqCst);
        assert_eq!(reads::refresh(&open, 1).await, Some(2), "{kind}");
        assert_eq!(reads(&open, 1).await, Some(2), "{kind}: and who comes now does not wait for the older run");
        closed.open();
        assert_eq!(old.await, Some(1), "{kind}");
        assert_eq!(reads(&open, 1).await, Some(2), "{kind}");
    }
}

#[tokio::test]
async fn what_was_primed_is_not_replaced_by_an_older_run_also_when_it_was_evicted() {
    let cache = Cache::builder().handler("ram", Ram::builder().threshold(1)).build().unwrap();
    let _lab = larder::test::lab_with(cache.clone());
    SOURCE.store(1, Ordering::SeqCst);
    let gate = Gate::default();
    let old = started(reads(&gate, 1)).await;
    reads::prime(1, Some(2)).await.unwrap();
    cache.set("another key", 1_u32, 60).await.unwrap();
    gate.open();
    assert_eq!(old.await, Some(1));
    assert_eq!(reads::peek(1).await.unwrap(), None);
}

#[tokio::test]
async fn a_run_past_the_deadline_is_not_stored_behind_an_invalidation_that_the_store_has_forgotten() {
    let clock = Clock::standing();
    let store = Memory::new(clock.clone());
    let cache = Cache::builder().handler("memory", Opened::new(store.clone())).clock(clock.clone()).build().unwrap();
    let _lab = larder::test::lab_with(cache);
    SOURCE.store(1, Ordering::SeqCst);
    let (closed, open) = (Gate::default(), Gate::default());
    open.open();
    let old = started(reads(&closed, 1)).await;
    clock.advance(Duration::from_secs(31));
    assert_eq!(reads(&open, 1).await, Some(1), "nobody waits for a run past the deadline");
    SOURCE.store(2, Ordering::SeqCst);
    reads::invalidate(1).await.unwrap();
    store.reclaim().await.unwrap();
    closed.open();
    assert_eq!(old.await, Some(1));
    assert_eq!(reads(&open, 1).await, Some(2));
}

#[tokio::test]
async fn priming_with_nothing_removes_what_was_stored() {
    for kind in KINDS {
        let rig = rig(kind);
        let _lab = larder::test::lab_with(rig.cache.clone());
        reads::prime(1, 5).await.unwrap();
        assert_eq!(reads::peek(1).await.unwrap(), Some(5), "{kind}");
        reads::prime(1, None).await.unwrap();
        assert_eq!(reads::peek(1).await.unwrap(), None, "{kind}");
    }
}

/// Every future of the interface can be spawned.
#[test]
fn futures_are_send() {
    fn send<T: Send>(_: T) {}
    let cache = Cache::builder().handler("ram", Ram::builder()).build().unwrap();
    let gate = Gate::default();
    send(reads(&gate, 1));
    send(reads::invalidate(1));
    send(reads::clear());
    send(reads::peek(1));
    send(reads::prime(1, 5));
    send(reads::refresh(&gate, 1));
    send(reads::uncached(&gate, 1));
    send(cache.get::<u32>("key"));
    send(cache.set("key", 1_u32, 60));
    send(cache.get_or_set("key", 1_u32, 60));
    send(cache.get_or_set_with("key", 60, async || 1_u32));
    send(cache.try_get_or_set_with("key", 60, async || Ok::<u32, String>(1)));
    send(cache.remove("key"));
    send(cache.clear());
    send(cache.clear_matching("*"));
    send(cache.invalidate_tag("tag"));
}

fn first_local(value: u32) -> String {
    #[derive(Hash)]
    struct X;
    impl Named for X {
        const NAME: &'static str = "first";
    }
    if value == 1 {
        named::<X>(1)
    } else {
        #[derive(Hash)]
        struct X;
        impl Named for X {
            const NAME: &'static str = "second";
        }
        named::<X>(1)
    }
}

trait Named {
    const NAME: &'static str;
}

#[cached]
fn named<T: Named>(n: u32) -> String {
    format!("{} {n}", T::NAME)
}

#[cached(skip(load))]
fn of_a_closure<F: Fn() -> u32>(id: u32, load: F) -> u32 {
    let _ = id;
    load()
}

#[test]
fn types_that_share_a_name_do_not_share_results() {
    for kind in KINDS {
        let rig = rig(kind);
        let _lab = larder::test::lab_with(rig.cache.clone());
        for _ in 0..2 {
            assert_eq!((first_local(1), first_local(2)), ("first 1".into(), "second 1".into()), "{kind}");
            assert_eq!((of_a_closure(1, || 1), of_a_closure(1, || 2)), (1, 2), "{kind}");
        }
    }
}
