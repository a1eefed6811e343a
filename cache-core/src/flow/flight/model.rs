//! Every interleaving of joining, landing, leaving and taking over, also of a run that nobody waits for, tried by loom:
//! `RUSTFLAGS="--cfg loom" cargo test -p cache-core --lib --release model`.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc as StdArc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use loom::future::block_on;
use loom::model::Builder;
use loom::thread;

use super::{Flights, Joined, Landing, Leader, Led, Unawaited, Waited};
use crate::clock::Clock;
use crate::entry::Object;
use crate::key::Key;

/// Two forced switches of threads reach every hand-over here; `LOOM_MAX_PREEMPTIONS` sets another bound.
fn model(check: impl Fn() + Sync + Send + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(builder.preemption_bound.unwrap_or(2));
    builder.check(check);
}

fn key() -> Key<'static> {
    Key::direct("key")
}

fn flights() -> StdArc<Flights> {
    StdArc::new(Flights::new(Clock::standing(), Duration::from_secs(30)))
}

fn join(flights: &Flights) -> Joined<'_> {
    flights.join(&key(), Led::Async)
}

fn value(number: u32) -> Landing {
    Landing::Value(StdArc::new(number) as Object)
}

/// A caller that runs when it leads, waits when it follows, and comes back when it is told to.
fn call(flights: &Flights, runs: &AtomicUsize) {
    loop {
        let mut leader = match join(flights) {
            Joined::Lead(leader) => leader,
            Joined::Alone => panic!("nobody is inside of a run here"),
            Joined::Follow(follower) => match block_on(follower.wait(None)) {
                Waited::Lead(leader) => leader,
                Waited::Landed(Landing::Value(_)) => return,
                Waited::Landed(Landing::Again) => continue,
                Waited::Landed(_) => panic!("nothing failed here"),
                Waited::Late => panic!("the clock stands still"),
            },
        };
        runs.fetch_add(1, Ordering::SeqCst);
        leader.close();
        leader.land(value(1));
        return;
    }
}

fn nothing_is_left(flights: &Flights) {
    assert!(matches!(join(flights), Joined::Lead(_)), "a flight was left in the map");
}

#[test]
fn two_callers_both_end_and_leave_nothing_behind() {
    model(|| {
        let (flights, runs) = (flights(), StdArc::new(AtomicUsize::new(0)));
        let other = {
            let (flights, runs) = (flights.clone(), runs.clone());
            thread::spawn(move || call(&flights, &runs))
        };
        call(&flights, &runs);
        other.join().unwrap();
        assert!((1..=2).contains(&runs.load(Ordering::SeqCst)));
        nothing_is_left(&flights);
    });
}

#[test]
fn a_leader_that_goes_away_is_followed_by_another() {
    model(|| {
        let (flights, runs) = (flights(), StdArc::new(AtomicUsize::new(0)));
        let Joined::Lead(leader) = join(&flights) else { panic!("the first caller leads") };
        let other = {
            let (flights, runs) = (flights.clone(), runs.clone());
            thread::spawn(move || call(&flights, &runs))
        };
        drop::<Leader<'_>>(leader);
        other.join().unwrap();
        assert_eq!(runs.load(Ordering::SeqCst), 1);
        nothing_is_left(&flights);
    });
}

#[test]
fn a_follower_that_goes_away_takes_nobody_along() {
    model(|| {
        let (flights, runs) = (flights(), StdArc::new(AtomicUsize::new(0)));
        let Joined::Lead(leader) = join(&flights) else { panic!("the first caller leads") };
        // It is polled once and then dropped, as by `select!`, perhaps after it was chosen to lead.
        let gone = join(&flights);
        let other = {
            let (flights, runs) = (flights.clone(), runs.clone());
            thread::spawn(move || call(&flights, &runs))
        };
        drop(leader);
        if let Joined::Follow(follower) = gone {
            let mut wait = pin!(follower.wait(None));
            let _ = wait.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        }
        other.join().unwrap();
        nothing_is_left(&flights);
    });
}

#[test]
fn a_follower_that_is_never_polled_again_does_not_keep_the_lead() {
    model(|| {
        let (flights, runs) = (flights(), StdArc::new(AtomicUsize::new(0)));
        let Joined::Lead(leader) = join(&flights) else { panic!("the first caller leads") };
        let Joined::Follow(kept) = join(&flights) else { panic!("the second follows") };
        let mut kept = Box::pin(kept.wait(None));
        assert!(kept.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        let other = {
            let (flights, runs) = (flights.clone(), runs.clone());
            thread::spawn(move || call(&flights, &runs))
        };
        drop(leader);
        other.join().unwrap();
        assert_eq!(runs.load(Ordering::SeqCst), 1);
        drop(kept);
        nothing_is_left(&flights);
    });
}

#[test]
fn who_is_not_seen_when_a_flight_is_closed_is_told_nothing_by_it() {
    model(|| {
        let flights = flights();
        let Joined::Lead(mut leader) = join(&flights) else { panic!("the first caller leads") };
        let other = {
            let flights = flights.clone();
            thread::spawn(move || match join(&flights) {
                Joined::Lead(leader) => leader.land(Landing::Again),
                Joined::Alone => panic!("nobody is inside of a run here"),
                Joined::Follow(follower) => match block_on(follower.wait(None)) {
                    Waited::Landed(Landing::Value(_)) => panic!("it was told what was looked up for nobody else"),
                    Waited::Landed(_) => {}
                    Waited::Lead(_) | Waited::Late => panic!("the leader stays, and the clock stands still"),
                },
            })
        };
        let is_waited_for = leader.close();
        leader.land(if is_waited_for { Landing::Again } else { value(1) });
        other.join().unwrap();
        nothing_is_left(&flights);
    });
}

loom::lazy_static! {
    /// For runs that nobody waits for yet, which are of flights that last.
    static ref FLIGHTS: Flights = Flights::new(Clock::standing(), Duration::from_secs(30));
    /// How often the key was run in this model, in which loom sees nothing to be tried.
    static ref RUNS: AtomicUsize = AtomicUsize::new(0);
    /// The key was invalidated.
    static ref DETACHED: AtomicBool = AtomicBool::new(false);
}

fn begin() -> Option<Unawaited> {
    FLIGHTS.begin_unawaited(&key(), key().mark())
}

/// The end of a run: what it gave is stored unless the key was invalidated meanwhile, and told to those who came.
fn end(mut run: Unawaited) {
    RUNS.fetch_add(1, Ordering::SeqCst);
    let mut stored = false;
    let waiters = run.end(|may_store| {
        assert!(!may_store || !DETACHED.load(Ordering::SeqCst), "what is older than an invalidation is stored");
        stored = may_store;
    });
    if let Some(waiters) = waiters {
        waiters.land(if stored { value(1) } else { Landing::Again });
    }
}

/// A caller that runs alone where it can.
fn call_unawaited() {
    match begin() {
        Some(run) => end(run),
        None => call(&FLIGHTS, &RUNS),
    }
}

#[test]
fn who_comes_to_a_run_that_nobody_waited_for_is_told_what_it_gave() {
    model(|| {
        let run = begin().expect("nobody else is there");
        let other = thread::spawn(|| call(&FLIGHTS, &RUNS));
        end(run);
        other.join().unwrap();
        assert!((1..=2).contains(&RUNS.load(Ordering::SeqCst)));
        nothing_is_left(&FLIGHTS);
    });
}

#[test]
fn callers_that_run_alone_if_they_can_all_end() {
    model(|| {
        let others = [thread::spawn(call_unawaited), thread::spawn(call_unawaited)];
        call_unawaited();
        for other in others {
            other.join().unwrap();
        }
        assert!((1..=3).contains(&RUNS.load(Ordering::SeqCst)));
        nothing_is_left(&FLIGHTS);
    });
}

#[test]
fn a_run_that_nobody_waited_for_and_that_goes_away_is_followed_by_another() {
    model(|| {
        let run = begin().expect("nobody else is there");
        let other = thread::spawn(|| call(&FLIGHTS, &RUNS));
        drop(run);
        other.join().unwrap();
        assert_eq!(RUNS.load(Ordering::SeqCst), 1);
        nothing_is_left(&FLIGHTS);
    });
}

#[test]
fn what_a_run_gives_that_nobody_waited_for_is_not_stored_behind_an_invalidation() {
    model(|| {
        let run = begin().expect("nobody else is there");
        let invalidates = thread::spawn(|| {
            FLIGHTS.detach(&key());
            DETACHED.store(true, Ordering::SeqCst);
        });
        let comes = thread::spawn(|| call(&FLIGHTS, &RUNS));
        end(run);
        invalidates.join().unwrap();
        comes.join().unwrap();
        nothing_is_left(&FLIGHTS);
    });
}
