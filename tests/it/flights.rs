//! Concurrent callers of one key share one run; nobody hangs.

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::task::{Context, Waker};
use std::time::Duration;

use larder::cached;

use crate::support::{Gate, KINDS, Runs, eventually, rig};

static RUNS: Runs = Runs::new();

#[cached(name = "flights::slow", skip(gate))]
async fn slow(gate: &Gate, n: u32) -> u32 {
    RUNS.add();
    gate.passed().await;
    n * 2
}

#[cached(name = "flights::slow_sync", skip(gate))]
fn slow_sync(gate: &Gate, n: u32) -> u32 {
    RUNS.add();
    gate.wait();
    n * 2
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_tasks_on_a_cold_key_make_one_run_on_every_handler() {
    for kind in KINDS {
        let rig = rig(kind);
        let lab = larder::test::lab_with(rig.cache.clone());
        RUNS.take();
        let gate = Gate::default();
        let tasks: Vec<_> = (0..200)
            .map(|_| {
                let gate = gate.clone();
                tokio::spawn(lab.run(async move { slow(&gate, 21).await }))
            })
            .collect();
        while RUNS.get() == 0 {
            tokio::task::yield_now().await;
        }
        gate.open();
        for task in tasks {
            assert_eq!(task.await.unwrap(), 42, "{kind}");
        }
        assert_eq!(RUNS.take(), 1, "{kind}");
        let stats = slow::stats();
        assert_eq!((stats.runs, stats.hits + stats.coalesced), (1, 199), "{kind}");
    }
}

#[test]
fn thirty_two_threads_on_a_cold_key_make_one_run_on_every_handler() {
    for kind in KINDS {
        let rig = rig(kind);
        let lab = larder::test::lab_with(rig.cache.clone());
        RUNS.take();
        let gate = Gate::default();
        let barrier = Arc::new(Barrier::new(33));
        let threads: Vec<_> = (0..32)
            .map(|_| {
                let (gate, barrier, pass) = (gate.clone(), barrier.clone(), lab.pass());
                std::thread::spawn(move || {
                    barrier.wait();
                    pass.run(|| slow_sync(&gate, 21))
                })
            })
            .collect();
        barrier.wait();
        eventually("somebody runs", || RUNS.get() > 0);
        gate.open();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), 42, "{kind}");
        }
        assert_eq!(RUNS.take(), 1, "{kind}");
    }
}

#[tokio::test]
async fn a_leader_that_is_cancelled_hands_over() {
    let lab = larder::test::lab();
    let gate = Gate::default();
    let mut leader = Box::pin(slow(&gate, 1));
    assert!(poll_once(leader.as_mut()).is_none());
    let mut follower = Box::pin(slow(&gate, 1));
    assert!(poll_once(follower.as_mut()).is_none());
    assert_eq!(slow::stats().runs, 1);
    drop(leader);
    gate.open();
    assert_eq!(follower.await, 2);
    assert_eq!(slow::stats().runs, 2);
    assert_eq!(slow(&gate, 1).await, 2, "and the result was stored");
    assert_eq!(slow::stats().runs, 2);
    drop(lab);
}

fn poll_once<F: Future>(future: std::pin::Pin<&mut F>) -> Option<F::Output> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        std::task::Poll::Ready(output) => Some(output),
        std::task::Poll::Pending => None,
    }
}

#[cached(skip(panics, barrier))]
fn fragile(panics: &AtomicBool, barrier: &Barrier) -> u32 {
    RUNS.add();
    if panics.swap(false, Ordering::SeqCst) {
        barrier.wait();
        // Those who wait are registered by the time they are counted below.
        eventually("the others wait", || WAITING.get() == 3);
        panic!("the source broke");
    }
    7
}

static WAITING: Runs = Runs::new();

#[test]
fn a_leader_that_panics_takes_nobody_along() {
    let lab = larder::test::lab();
    let (panics, barrier) = (Arc::new(AtomicBool::new(true)), Arc::new(Barrier::new(4)));
    let leader = {
        let (panics, barrier, pass) = (panics.clone(), barrier.clone(), lab.pass());
        std::thread::spawn(move || pass.run(|| fragile(&panics, &barrier)))
    };
    eventually("the leader runs", || RUNS.get() == 1);
    let followers: Vec<_> = (0..3)
        .map(|_| {
            let (panics, barrier, pass) = (panics.clone(), barrier.clone(), lab.pass());
            std::thread::spawn(move || {
                barrier.wait();
                WAITING.add();
                pass.run(|| fragile(&panics, &barrier))
            })
        })
        .collect();
    assert!(leader.join().is_err());
    for follower in followers {
        assert_eq!(follower.join().unwrap(), 7);
    }
    assert_eq!(fragile(&panics, &barrier), 7, "and the key is not poisoned");
}

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

#[cached]
fn into_itself(n: u32) -> u32 {
    let depth = DEPTH.replace(DEPTH.get() + 1);
    if depth < 3 { into_itself(n) } else { n }
}

#[cached]
async fn into_itself_async(n: u32) -> u32 {
    tokio::task::yield_now().await;
    let depth = DEPTH.replace(DEPTH.get() + 1);
    if depth < 3 { Box::pin(into_itself_async(n)).await } else { n }
}

#[cached]
fn fib(n: u64) -> u64 {
    if n < 2 { n } else { fib(n - 1) + fib(n - 2) }
}

#[tokio::test]
async fn recursion_ends_also_into_the_same_key() {
    let _lab = larder::test::lab();
    assert_eq!(fib(80), 23_416_728_348_467_685);
    assert_eq!(fib::stats().runs, 81);
    assert_eq!(into_itself(5), 5);
    DEPTH.set(0);
    assert_eq!(into_itself_async(5).await, 5);
}

#[cached(skip(first, meet))]
fn ping(n: u32, first: &AtomicBool, meet: &Barrier) -> u32 {
    if first.swap(false, Ordering::SeqCst) {
        meet.wait();
        return pong(n, &AtomicBool::new(false), meet);
    }
    n
}

#[cached(skip(first, meet))]
fn pong(n: u32, first: &AtomicBool, meet: &Barrier) -> u32 {
    if first.swap(false, Ordering::SeqCst) {
        meet.wait();
        return ping(n, &AtomicBool::new(false), meet);
    }
    n
}

#[test]
fn two_functions_that_call_each_other_on_two_threads_end() {
    let lab = larder::test::lab();
    for n in 0..50 {
        let meet = Arc::new(Barrier::new(2));
        let threads: Vec<_> = [true, false]
            .map(|ping_first| {
                let (pass, meet) = (lab.pass(), meet.clone());
                std::thread::spawn(move || {
                    let first = AtomicBool::new(true);
                    pass.run(|| if ping_first { ping(n, &first, &meet) } else { pong(n, &first, &meet) })
                })
            })
            .into();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), n);
        }
    }
}

#[tokio::test]
async fn a_leader_that_is_kept_unpolled_holds_others_until_the_deadline_at_most() {
    let lab = larder::test::lab();
    let gate = Gate::default();
    let mut kept = Box::pin(slow(&gate, 3));
    assert!(poll_once(kept.as_mut()).is_none());
    gate.open();
    let mut other = Box::pin(slow(&gate, 3));
    assert!(poll_once(other.as_mut()).is_none(), "it waits for the leader");
    lab.advance(Duration::from_secs(29));
    assert!(poll_once(other.as_mut()).is_none());
    lab.advance(Duration::from_secs(1));
    assert_eq!(other.await, 6, "at the deadline it runs for itself");
    assert_eq!(slow(&gate, 3).await, 6);
    assert_eq!(slow::stats().runs, 2);
    drop(kept);
}

#[tokio::test]
async fn a_caller_behind_a_flight_past_its_deadline_does_not_wait_at_all() {
    let lab = larder::test::lab();
    let gate = Gate::default();
    let mut kept = Box::pin(slow(&gate, 4));
    assert!(poll_once(kept.as_mut()).is_none());
    lab.advance(Duration::from_secs(30));
    gate.open();
    let mut other = pin!(slow(&gate, 4));
    assert_eq!(poll_once(other.as_mut()), Some(8));
}

#[tokio::test]
async fn blocking_on_a_runtimes_thread_does_not_wait_for_an_async_leader() {
    let lab = larder::test::lab();
    let cache = lab.cache();
    let gate = Gate::default();
    let mut leader = Box::pin(cache.get_or_set_with("key", 30, async || {
        gate.passed().await;
        1_u32
    }));
    assert!(poll_once(leader.as_mut()).is_none());
    // This thread is the one that has to poll the leader: waiting for it would be for ever.
    assert_eq!(cache.blocking().get_or_set_with("key", 30, || 2_u32).unwrap(), 2);
    gate.open();
    let led = leader.await.unwrap();
    assert_eq!(led, 1, "the leader gets what it loaded");
    assert_eq!(cache.get::<u32>("key").await.unwrap(), Some(2), "and the newer value stays");
}

#[cached(skip(outer))]
async fn joins_itself(n: u32, outer: bool) -> u32 {
    if outer {
        return tokio::spawn(async move { joins_itself_again(n).await }).await.unwrap();
    }
    n
}

fn joins_itself_again(n: u32) -> std::pin::Pin<Box<dyn Future<Output = u32> + Send>> {
    Box::pin(joins_itself(n, false))
}

#[tokio::test]
async fn a_body_that_joins_a_task_with_its_own_key_ends_by_the_deadline() {
    let lab = larder::test::lab();
    let outer = tokio::spawn(async { joins_itself(9, true).await });
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    assert!(!outer.is_finished(), "the inner task waits for the outer");
    lab.advance(Duration::from_secs(30));
    assert_eq!(outer.await.unwrap(), 9);
}

#[derive(Debug)]
struct NotClone;

#[cached]
async fn failing(n: u32) -> Result<u32, NotClone> {
    RUNS.add();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let _ = n;
    Err(NotClone)
}

#[tokio::test(start_paused = true)]
async fn callers_of_a_failing_source_run_side_by_side_and_not_one_behind_the_other() {
    let lab = larder::test::lab();
    let start = tokio::time::Instant::now();
    let callers: Vec<_> = (0..200).map(|_| tokio::spawn(lab.run(async { failing(1).await.is_err() }))).collect();
    for caller in callers {
        assert!(caller.await.unwrap());
    }
    assert_eq!(failing::stats().runs, 200);
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}

#[cached]
async fn failing_with_a_copy(n: u32) -> Result<u32, String> {
    tokio::time::sleep(Duration::from_secs(1)).await;
    Err(format!("no {n}"))
}

#[cached]
async fn nothing(n: u32) -> Option<u32> {
    tokio::time::sleep(Duration::from_secs(1)).await;
    (n > 100).then_some(n)
}

#[tokio::test(start_paused = true)]
async fn errors_that_can_be_copied_and_results_that_are_not_stored_are_shared_with_those_who_waited() {
    let lab = larder::test::lab();
    let callers: Vec<_> = (0..200).map(|_| tokio::spawn(lab.run(failing_with_a_copy(1)))).collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap(), Err("no 1".to_owned()));
    }
    assert_eq!(failing_with_a_copy::stats().runs, 1);
    let callers: Vec<_> = (0..200).map(|_| tokio::spawn(lab.run(nothing(1)))).collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap(), None);
    }
    assert_eq!(nothing::stats().runs, 1);
    assert_eq!(nothing(1).await, None);
    assert_eq!(nothing::stats().runs, 2, "and they are not stored");
}

#[test]
fn it_runs_on_any_executor() {
    let lab = larder::test::lab();
    let gate = Gate::default();
    gate.open();
    let together = async {
        let (one, other) = futures::join!(slow(&gate, 8), slow(&gate, 8));
        one + other
    };
    assert_eq!(futures::executor::block_on(together), 32);
    let mut pool = futures::executor::LocalPool::new();
    assert_eq!(pool.run_until(slow(&gate, 8)), 16);
    assert_eq!(slow::stats().runs, 1);
    drop(lab);
}

#[test]
fn a_suite_with_a_runtime_for_each_test_works_on_every_handler() {
    for kind in KINDS {
        let rig = rig(kind);
        let lab = larder::test::lab_with(rig.cache.clone());
        RUNS.take();
        let gate = Gate::default();
        gate.open();
        for _ in 0..3 {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            assert_eq!(runtime.block_on(lab.run(async { slow(&gate, 5).await + slow_sync(&gate, 6) })), 22, "{kind}");
        }
        assert_eq!(slow_sync(&gate, 6), 12, "and outside of every runtime");
        assert_eq!(RUNS.take(), 2, "{kind}");
    }
}
