//! Who runs, and who waits, as a function says with `single_flight`; on a store that is one other process as well.

use std::cell::Cell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cache_core::Memory;
use larder::backend::{Backend, Entry, Form, Lead, Lease, Pattern, Reply, Seen, Slot, Stored, When};
use larder::key::Key;
use larder::{BackendError, Cache, Clock, Life, Opened, cached};

use crate::support::{Gate, KINDS, Runs, rig};

static RUNS: Runs = Runs::new();

/// A store that gives one right, and writes down what happens to it.
#[derive(Default)]
struct Ruled {
    log: Mutex<Vec<&'static str>>,
    /// Another process has the right.
    taken: AtomicBool,
    fails: AtomicBool,
    /// It compares the slot when it gives the right.
    compares: AtomicBool,
    looks: Runs,
    wakers: Mutex<Vec<Waker>>,
}

impl Ruled {
    fn note(&self, what: &'static str) {
        self.log.lock().unwrap().push(what);
    }

    fn log(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.log.lock().unwrap())
    }

    /// The other process has the right, or gives it back.
    fn set_taken(&self, taken: bool) {
        self.taken.store(taken, Ordering::SeqCst);
        std::mem::take(&mut *self.wakers.lock().unwrap()).into_iter().for_each(Waker::wake);
    }

    fn asked(self: &Arc<Self>, context: &mut Context<'_>) -> Poll<Result<Lead, BackendError>> {
        self.wakers.lock().unwrap().push(context.waker().clone());
        if self.fails.load(Ordering::SeqCst) {
            return Poll::Ready(Err(BackendError::new("no")));
        }
        if self.taken.load(Ordering::SeqCst) {
            return Poll::Pending;
        }
        self.note("granted");
        let lease = Lease::new(GivenBack(Arc::clone(self)));
        let unchanged = self.compares.load(Ordering::SeqCst);
        Poll::Ready(Ok(if unchanged { Lead::Unchanged(lease) } else { Lead::Granted(lease) }))
    }
}

struct GivenBack(Arc<Ruled>);

impl Drop for GivenBack {
    fn drop(&mut self) {
        self.0.note("given back");
    }
}

struct Store(Arc<Ruled>, Arc<dyn Backend>);

impl Backend for Store {
    fn form(&self) -> Form {
        self.1.form()
    }
    fn get<'a>(&'a self, slots: &'a [Slot<'a>]) -> Reply<'a, Vec<Option<Stored>>> {
        if matches!(slots.first(), Some(Slot::Entry(_))) {
            self.0.looks.add();
        }
        self.1.get(slots)
    }
    fn put<'a>(&'a self, slot: Slot<'a>, stored: Option<Stored>, life: Life, when: When<'a>) -> Reply<'a, bool> {
        if matches!(slot, Slot::Entry(_)) {
            self.0.note("written");
        }
        self.1.put(slot, stored, life, when)
    }
    fn remove_matching<'a>(&'a self, pattern: &'a Pattern) -> Reply<'a, ()> {
        self.1.remove_matching(pattern)
    }
    fn reclaim(&self) -> Reply<'_, ()> {
        self.1.reclaim()
    }
    fn peek(&self, key: &Key<'_>, visit: &mut dyn FnMut(&Entry)) -> bool {
        self.1.peek(key, visit)
    }
    fn invalidate<'a>(&'a self, key: &'a Key<'a>, tombstone: Stored, life: Life) -> Reply<'a, ()> {
        self.1.invalidate(key, tombstone, life)
    }
    fn lead<'a>(&'a self, _: &'a Key<'a>, _: &'a Seen, _: Duration) -> Reply<'a, Lead> {
        Reply::pending(std::future::poll_fn(|context| self.0.asked(context)))
    }
}

/// A lab on such a store, by a clock that stands still.
fn ruled() -> (Arc<Ruled>, larder::test::Lab) {
    ruled_within(Duration::from_secs(30))
}

fn ruled_within(deadline: Duration) -> (Arc<Ruled>, larder::test::Lab) {
    let (ruled, inner) = (Arc::new(Ruled::default()), Arc::clone(Opened::new(Memory::default()).backend()));
    let cache = Cache::builder().handler("ruled", Store(Arc::clone(&ruled), inner));
    let cache = cache.clock(Clock::standing()).flight_deadline(deadline).build().unwrap();
    (ruled, larder::test::lab_with(cache))
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[cached(name = "leading::slow", single_flight = "shared", skip(gate))]
async fn slow(gate: &Gate, n: u32) -> u32 {
    RUNS.add();
    gate.passed().await;
    n * 2
}

#[cached(name = "leading::outcome", single_flight = "shared", cache_if = |n| !matches!(n, Ok(0)))]
fn outcome(n: u32) -> Result<u32, String> {
    match n {
        1 => Err("one".to_owned()),
        2 => panic!("two"),
        n => Ok(n),
    }
}

#[test]
fn the_right_is_given_back_behind_the_commit_and_whatever_a_run_comes_to() {
    let (ruled, _lab) = ruled();
    assert_eq!(outcome(5), Ok(5));
    assert_eq!(ruled.log(), ["granted", "written", "given back"]);
    assert_eq!(outcome(5), Ok(5));
    assert_eq!(ruled.log(), [""; 0], "a hit asks nobody");
    for n in [0, 1] {
        assert_eq!(outcome(n).is_ok(), n == 0);
        assert_eq!(ruled.log(), ["granted", "given back"]);
    }
    assert!(std::panic::catch_unwind(|| outcome(2)).is_err());
    assert_eq!(ruled.log(), ["granted", "given back"]);
}

#[test]
fn the_right_is_given_back_when_the_caller_goes_away() {
    let (ruled, _lab) = ruled();
    let gate = Gate::default();
    let mut leader = Box::pin(slow(&gate, 1));
    assert!(poll(leader.as_mut()).is_pending());
    let mut follower = Box::pin(slow(&gate, 1));
    assert!(poll(follower.as_mut()).is_pending());
    assert_eq!(ruled.log(), ["granted"], "the second caller waits for the first");
    drop(leader);
    assert_eq!(ruled.log(), ["given back"]);
    assert!(poll(follower.as_mut()).is_pending());
    assert_eq!(ruled.log(), ["granted"], "and leads in its place");
    drop(follower);
    assert_eq!(ruled.log(), ["given back"]);
}

#[test]
fn who_waits_for_another_process_runs_when_that_has_ended_or_at_the_deadline() {
    let (ruled, lab) = ruled();
    let gate = Gate::default();
    gate.open();
    ruled.set_taken(true);
    let mut waits = pin!(slow(&gate, 1));
    assert!(poll(waits.as_mut()).is_pending());
    ruled.set_taken(false);
    assert_eq!(poll(waits.as_mut()), Poll::Ready(2));

    ruled.set_taken(true);
    let mut waits = pin!(slow(&gate, 2));
    lab.advance(Duration::from_secs(1));
    assert!(poll(waits.as_mut()).is_pending());
    lab.advance(Duration::from_secs(29));
    assert!(poll(waits.as_mut()).is_pending());
    lab.advance(Duration::from_secs(1));
    assert_eq!(poll(waits.as_mut()), Poll::Ready(4));
}

#[test]
fn who_waits_for_another_process_runs_at_the_deadline_also_where_the_clock_stands_still() {
    let (ruled, _lab) = ruled_within(Duration::from_millis(20));
    ruled.set_taken(true);
    assert_eq!(outcome(8), Ok(8));
}

#[test]
fn who_was_granted_the_right_finds_what_another_stored_before_that() {
    let (ruled, _lab) = ruled();
    let gate = Gate::default();
    ruled.set_taken(true);
    RUNS.take();
    let mut waits = pin!(slow(&gate, 3));
    assert!(poll(waits.as_mut()).is_pending());
    let mut primed = pin!(slow::prime(3, 33));
    assert!(poll(primed.as_mut()).is_ready());
    ruled.set_taken(false);
    assert_eq!(poll(waits.as_mut()), Poll::Ready(33));
    assert_eq!(RUNS.take(), 0);
    assert_eq!(ruled.log().last(), Some(&"given back"));
}

#[test]
fn who_is_told_that_nothing_changed_does_not_look_again() {
    let (ruled, _lab) = ruled();
    for (compares, looks) in [(false, 2), (true, 1)] {
        ruled.compares.store(compares, Ordering::SeqCst);
        let n = 10 + looks;
        ruled.looks.take();
        assert_eq!((outcome(n), ruled.looks.take()), (Ok(n), looks));
        assert_eq!(ruled.log(), ["granted", "written", "given back"]);
    }
}

#[test]
fn a_run_that_hangs_holds_others_until_the_deadline_at_most() {
    let (ruled, lab) = ruled();
    let gate = Gate::default();
    let mut hangs = pin!(slow(&gate, 4));
    assert!(poll(hangs.as_mut()).is_pending());
    lab.advance(Duration::from_secs(29));
    assert_eq!(ruled.log(), ["granted"]);
    lab.advance(Duration::from_secs(1));
    assert_eq!(ruled.log(), ["given back"]);
    gate.open();
    assert_eq!(poll(hangs.as_mut()), Poll::Ready(8));
    assert_eq!(ruled.log(), ["written"], "its result is stored all the same");
}

#[test]
fn where_the_store_cannot_say_who_runs_the_caller_does() {
    let (ruled, _lab) = ruled();
    ruled.fails.store(true, Ordering::SeqCst);
    assert_eq!((outcome(7), outcome(7)), (Ok(7), Ok(7)));
    let stats = outcome::stats();
    assert_eq!((stats.runs, stats.stores), (1, 1), "and it is stored");
}

#[test]
fn a_refresh_and_a_function_of_this_process_ask_nobody() {
    #[cached(name = "leading::alone")]
    fn alone(n: u32) -> u32 {
        n
    }
    let (ruled, _lab) = ruled();
    ruled.set_taken(true);
    assert_eq!((alone(1), outcome::refresh(6)), (1, Ok(6)));
    assert_eq!(ruled.log(), ["written", "written"]);
}

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

#[cached(name = "leading::into_itself", single_flight = "shared")]
fn into_itself(n: u32) -> u32 {
    if DEPTH.replace(DEPTH.get() + 1) < 2 {
        // The run under way is left behind, so the call inside leads another one.
        into_itself::invalidate(n).unwrap();
        return into_itself(n);
    }
    n
}

#[test]
fn a_run_does_not_wait_for_the_right_that_its_own_process_has() {
    for kind in KINDS {
        let rig = rig(kind);
        let lab = larder::test::lab_with(rig.cache.clone());
        DEPTH.set(0);
        let clock = Clock::system();
        let before = clock.now();
        assert_eq!(into_itself(5), 5, "{kind}");
        assert!(clock.now() - before < 5_000, "{kind}");
        drop(lab);
    }
}

#[cached(name = "leading::off", single_flight = "off", skip(together))]
fn off(together: &Barrier, n: u32) -> u32 {
    RUNS.add();
    together.wait();
    n * 2
}

#[cached(name = "leading::off_async", single_flight = "off", skip(together))]
async fn off_async(together: &tokio::sync::Barrier, n: u32) -> u32 {
    RUNS.add();
    together.wait().await;
    n * 2
}

#[tokio::test]
async fn callers_of_a_function_without_single_flight_run_side_by_side() {
    for kind in KINDS {
        let rig = rig(kind);
        let lab = larder::test::lab_with(rig.cache.clone());
        RUNS.take();
        let together = Barrier::new(4);
        // The second round is one of hits, and the third finds nothing by the short cut in memory.
        for n in [3, 3, 4] {
            std::thread::scope(|scope| {
                for _ in 0..4 {
                    let (pass, together) = (lab.pass(), &together);
                    scope.spawn(move || pass.run(|| assert_eq!(off(together, n), n * 2)));
                }
            });
        }
        assert_eq!(RUNS.take(), 8, "{kind}");
        let together = tokio::sync::Barrier::new(2);
        assert_eq!(tokio::join!(off_async(&together, 3), off_async(&together, 3)), (6, 6), "{kind}");
        assert_eq!((off_async(&together, 3).await, RUNS.take()), (6, 2), "{kind}");
    }
}

#[test]
fn an_invalidation_is_not_undone_by_a_run_that_nobody_waits_for() {
    for kind in KINDS {
        let rig = rig(kind);
        let lab = larder::test::lab_with(rig.cache.clone());
        RUNS.take();
        let together = Barrier::new(2);
        std::thread::scope(|scope| {
            let (pass, together) = (lab.pass(), &together);
            let run = scope.spawn(move || pass.run(|| off(together, 9)));
            crate::support::eventually("it runs", || RUNS.get() == 1);
            off::invalidate(9).unwrap();
            together.wait();
            assert_eq!(run.join().unwrap(), 18, "{kind}");
        });
        assert_eq!(off::peek(9).unwrap(), None, "{kind}");
    }
}
