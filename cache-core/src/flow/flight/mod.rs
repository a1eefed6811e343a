//! Single-flight: concurrent callers of one key share one run.
//!
//! The first caller leads, the others follow. Leading is a guard: a leader that is dropped without an end (cancelled,
//! or never polled again and then dropped) hands over to a follower; one that panics sends its followers to run side
//! by side. A follower waits until the flight's deadline at most.

mod follower;
#[cfg(all(test, loom))]
mod model;
mod unawaited;
mod under_way;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Waker;
use std::time::Duration;

pub(crate) use follower::{Follower, Waited};
pub use unawaited::{Unawaited, Waiters};

use self::under_way::{Found, UnderWay};
use super::stack::Waiting;
use crate::clock::Clock;
use crate::entry::Object;
use crate::key::{Key, OwnedKey};
use crate::sync::{Arc, Mutex, MutexGuard, lock};
use crate::waits::Waits;

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
    fn new(id: u64, key: &Key<'_>, led: Led, since: u64) -> Arc<Self> {
        let state = State { phase: Phase::Led, led, since, followers: 0, wakers: Waits::default() };
        Arc::new(Self {
            id,
            key: key.to_owned(),
            mark: key.mark(),
            detached: AtomicBool::new(false),
            state: Mutex::new(state),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Changes the phase to what `next` says of the state, and wakes everyone who waits for that.
    fn enter(&self, next: impl FnOnce(&State) -> Phase) {
        let wakers = {
            let mut state = self.lock();
            state.phase = next(&state);
            state.wakers.take()
        };
        wakers.for_each(Waker::wake);
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
        self.flights.under_way.remove(&self.flight);
    }
}

/// The flights of one handler.
pub(crate) struct Flights(Arc<Shared>);

/// What a caller is to do.
pub(crate) enum Joined {
    /// Run; others wait.
    Lead(Leader),
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
    pub(crate) fn join(&self, key: &Key<'_>, led: Led) -> Joined {
        let now = self.0.clock.now();
        let found = self.0.under_way.join(
            key,
            |flight| self.is_over(flight, now),
            // A run that nobody waits for is that of a thread that called.
            |id, unawaited| Flight::new(id, key, if unawaited { Led::Sync } else { led }, now),
        );
        let seat = |flight| Seat { flight, flights: Arc::clone(&self.0) };
        let seat = match found {
            Found::Begun(flight) => return Joined::Lead(Leader(Some(seat(flight)))),
            Found::Flight(flight) => seat(flight),
        };
        let mut state = seat.flight.lock();
        if matches!(state.phase, Phase::Free) {
            state.take_lead(led, now);
            drop(state);
            return Joined::Lead(Leader(Some(seat)));
        }
        // A thread that waited for a future could be the one that has to poll it.
        let blocked = led == Led::Sync && state.led == Led::Async;
        // It may have landed since it was found; then being told so costs no more than another round.
        state.followers += 1;
        drop(state);
        let waiting = if blocked { None } else { Waiting::on(seat.flight.id) };
        let follower = Follower { seat, led, place: None, waiting };
        if follower.waiting.is_some() { Joined::Follow(follower) } else { Joined::Alone }
    }

    /// Lets callers from now on begin a flight of their own: what the one under way gives is from before.
    pub(crate) fn detach(&self, key: &Key<'_>) {
        if let Some(flight) = self.0.under_way.take(key) {
            flight.detached.store(true, Ordering::SeqCst);
        }
    }

    /// Whether nobody should join `flight` any more: it landed, or its run is past the deadline.
    fn is_over(&self, flight: &Flight, now: u64) -> bool {
        let state = flight.lock();
        let age = u128::from(now.saturating_sub(state.since));
        match state.phase {
            Phase::Led => age >= self.0.deadline.as_millis(),
            Phase::Free => false,
            Phase::Landed(_) => true,
        }
    }
}

impl fmt::Debug for Flights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flights").field("deadline", &self.0.deadline).finish_non_exhaustive()
    }
}

impl State {
    fn take_lead(&mut self, led: Led, now: u64) {
        self.phase = Phase::Led;
        self.led = led;
        self.since = now;
    }
}

/// Those who wait for a run.
#[derive(Clone, Default)]
pub struct Followers(Option<Arc<Flight>>);

impl Followers {
    /// Whether there are any now.
    #[must_use]
    pub fn any(&self) -> bool {
        self.0.as_ref().is_some_and(|flight| flight.lock().followers > 0)
    }
}

impl fmt::Debug for Followers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Followers").field(&self.any()).finish()
    }
}

/// The right, and the duty, to end a flight. It is empty once that is done.
pub(crate) struct Leader(Option<Seat>);

impl Leader {
    /// The number of this flight, for [`super::stack`].
    pub(crate) fn id(&self) -> u64 {
        self.0.as_ref().map_or(0, |seat| seat.flight.id)
    }

    pub(crate) fn followers(&self) -> Followers {
        Followers(self.0.as_ref().map(|seat| Arc::clone(&seat.flight)))
    }

    /// Whether the key was invalidated, set or refreshed in this process since the flight began: then its result is
    /// older than that, also where the store does not remember it any more.
    pub(crate) fn is_detached(&self) -> bool {
        self.0.as_ref().is_some_and(|seat| seat.flight.detached.load(Ordering::SeqCst))
    }

    /// Lets nobody join any more, and gives whether anyone did.
    pub(crate) fn close(&self) -> bool {
        self.0.as_ref().is_some_and(|seat| {
            seat.close();
            seat.flight.lock().followers > 0
        })
    }

    /// Ends the flight.
    pub(crate) fn land(mut self, landing: Landing) {
        if let Some(seat) = self.0.take() {
            seat.close();
            seat.flight.enter(|_| Phase::Landed(landing));
        }
    }
}

impl fmt::Debug for Leader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Leader").field(&self.id()).finish()
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        let Some(seat) = self.0.take() else { return };
        if std::thread::panicking() {
            seat.close();
            seat.flight.enter(|_| Phase::Landed(Landing::SideBySide));
            return;
        }
        let mut freed = false;
        seat.flight.enter(|state| {
            freed = state.followers > 0;
            if freed { Phase::Free } else { Phase::Landed(Landing::Again) }
        });
        if !freed {
            seat.close();
        }
    }
}
