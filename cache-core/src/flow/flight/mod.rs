//! Single-flight: concurrent callers of one key share one run.
//!
//! The first caller leads, the others follow. Leading is a guard: a leader that is dropped without an end (cancelled,
//! or never polled again and then dropped) hands over to a follower; one that panics sends its followers to run side
//! by side. A follower waits until the flight's deadline at most.
//!
//! A run is an entry of a few words ([`under_way`]) until somebody comes to wait for it. Only then there is a [`Flight`].

mod follower;
mod leader;
#[cfg(all(test, loom))]
mod model;
mod unawaited;
mod under_way;

use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Waker;
use std::time::Duration;

pub(crate) use follower::{Follower, Waited};
pub use leader::Followers;
pub(crate) use leader::Leader;
pub use unawaited::{Unawaited, Waiters};

use self::under_way::{Found, UnderWay};
use super::stack::Waiting;
use crate::clock::Clock;
use crate::entry::Object;
use crate::key::{Key, OwnedKey};
use crate::sync::{Arc, Mutex, MutexGuard, lock};
use crate::waits::{Waits, wake_all};

/// Who polls a leader's run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Led {
    /// The thread that called.
    Sync,
    /// An executor, as long as it pleases.
    Async,
}

/// What a flight ends with, for those who waited.
#[derive(Clone)]
pub(crate) enum Landing {
    /// The stored value.
    Value(Object),
    /// The whole result, which is not stored.
    Whole(Object),
    /// Nothing that can be shared: everyone runs, nobody behind another.
    SideBySide,
    /// Nothing that still holds: look again.
    Again,
}

/// One run, and those who wait for it.
struct Flight {
    /// Never used twice.
    id: u64,
    key: OwnedKey,
    mark: u64,
    /// The key was invalidated, set or refreshed while it was under way.
    detached: AtomicBool,
    state: Mutex<State>,
}

struct State {
    phase: Phase,
    /// Who leads, and since when.
    led: Led,
    since: u64,
    followers: usize,
    /// Those of the followers that were polled.
    wakers: Waits<Waker>,
}

enum Phase {
    /// Somebody runs.
    Led,
    /// The leader went away; the first follower to notice takes its place.
    Free,
    Landed(Landing),
}

impl Flight {
    fn new(id: u64, key: OwnedKey, mark: u64, led: Led, since: u64) -> Arc<Self> {
        let state = State { phase: Phase::Led, led, since, followers: 0, wakers: Waits::default() };
        Arc::new(Self { id, key, mark, detached: AtomicBool::new(false), state: Mutex::new(state) })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Takes one more who waits, unless nobody should any more.
    fn takes_follower(&self, now: u64, deadline: Duration) -> bool {
        let mut state = self.lock();
        let takes = !state.is_over(now, deadline);
        state.followers += usize::from(takes);
        takes
    }

    fn has_followers(&self) -> bool {
        self.lock().followers > 0
    }

    fn is_detached(&self) -> bool {
        self.detached.load(Ordering::SeqCst)
    }

    /// Changes the phase to what `next` says of the state, and wakes everyone who waits for that.
    fn enter(&self, next: impl FnOnce(&State) -> Phase) {
        let wakers = {
            let mut state = self.lock();
            state.phase = next(&state);
            state.wakers.take()
        };
        wake_all(wakers);
    }
}

/// A place on a flight: the flight, and those under way, to take it out of.
struct Seat {
    flight: Arc<Flight>,
    flights: Arc<Shared>,
}

struct Shared {
    under_way: UnderWay,
    clock: Clock,
    deadline: Duration,
}

impl Seat {
    /// Nobody joins this flight from now on.
    fn close(&self) {
        self.flights.under_way.remove(self.flight.mark, self.flight.id);
    }
}

/// The flights of one handler.
pub(crate) struct Flights(Arc<Shared>);

/// What a caller is to do.
pub(crate) enum Joined<'a> {
    /// Run; others wait.
    Lead(Leader<'a>),
    /// Wait.
    Follow(Follower),
    /// Run without waiting for anyone: waiting would close a circle, or block a thread behind an async leader.
    Alone,
}

impl Flights {
    pub(crate) fn new(clock: Clock, deadline: Duration) -> Self {
        Self(Arc::new(Shared { under_way: UnderWay::default(), clock, deadline }))
    }

    /// How long a caller waits for another's run, and how long a run is waited for.
    pub(crate) fn deadline(&self) -> Duration {
        self.0.deadline
    }

    /// Joins the flight of `key`, or begins it.
    pub(crate) fn join(&self, key: &Key<'_>, led: Led) -> Joined<'_> {
        let (mark, now) = (key.mark(), self.0.clock.now());
        let flight = match self.0.under_way.join(key, mark, led, now, self.0.deadline) {
            Found::Begun(id) => return Joined::Lead(Leader::first(&self.0, mark, id, now)),
            Found::Flight(flight) => flight,
        };
        let mut state = flight.lock();
        if matches!(state.phase, Phase::Free) {
            state.take_lead(led, now);
            state.followers -= 1;
            drop(state);
            return Joined::Lead(Leader::next(Cow::Borrowed(&self.0), flight, now));
        }
        // A thread that waited for a future could be the one that has to poll it.
        let blocked = led == Led::Sync && state.led == Led::Async;
        drop(state);
        let waiting = if blocked { None } else { Waiting::on(flight.id) };
        let seat = Seat { flight, flights: Arc::clone(&self.0) };
        let follower = Follower { seat, led, place: None, waiting };
        if follower.waiting.is_some() { Joined::Follow(follower) } else { Joined::Alone }
    }

    /// Lets callers from now on begin a flight of their own: what the one under way gives is from before.
    pub(crate) fn detach(&self, key: &Key<'_>) {
        self.0.under_way.detach(key);
    }
}

impl fmt::Debug for Flights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flights").field("deadline", &self.0.deadline).finish_non_exhaustive()
    }
}

impl State {
    /// Whether nobody should join any more: it landed, or its run is past the deadline.
    const fn is_over(&self, now: u64, deadline: Duration) -> bool {
        match self.phase {
            Phase::Led => now.saturating_sub(self.since) as u128 >= deadline.as_millis(),
            Phase::Free => false,
            Phase::Landed(_) => true,
        }
    }

    fn take_lead(&mut self, led: Led, now: u64) {
        self.phase = Phase::Led;
        self.led = led;
        self.since = now;
    }
}
