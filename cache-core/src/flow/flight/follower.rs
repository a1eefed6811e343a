//! Waiting for a run that another caller leads.

use std::borrow::Cow;
use std::future::poll_fn;
use std::task::{Poll, Waker};
use std::time::Duration;

use super::{Landing, Leader, Led, Phase, Seat};
use crate::flow::stack::Waiting;
use crate::sync::Arc;
use crate::timer::Alarm;
use crate::waits::Place;

/// How waiting ended.
pub(crate) enum Waited {
    /// The flight landed.
    Landed(Landing),
    /// The leader went away: this caller leads now.
    Lead(Leader<'static>),
    /// The deadline passed.
    Late,
}

/// One who waits. Dropped, it waits no more.
pub(crate) struct Follower {
    pub(super) seat: Seat,
    pub(super) led: Led,
    /// That of its waker, from the first poll on.
    pub(super) place: Option<Place>,
    /// While it waits, the runs around it wait for this flight.
    pub(super) waiting: Option<Waiting>,
}

impl Follower {
    /// Waits until the flight lands, is free to be led, or the deadline or the caller's `patience` has passed.
    pub(crate) async fn wait(mut self, patience: Option<Duration>) -> Waited {
        let shared = &self.seat.flights;
        let limit = patience.map_or(shared.deadline, |patience| patience.min(shared.deadline));
        let mut alarm = Alarm::after(&shared.clock, limit);
        poll_fn(|context| {
            if let Some(waited) = self.look(context.waker()) {
                return Poll::Ready(waited);
            }
            alarm.poll(context.waker()).map(|()| Waited::Late)
        })
        .await
    }

    /// How waiting ended, or `None` with `waker` among those to be woken. Wakers are cloned and dropped outside the lock: one may
    /// be the last that holds a task, and that task another follower.
    fn look(&mut self, waker: &Waker) -> Option<Waited> {
        let waker = waker.clone();
        let mut state = self.seat.flight.lock();
        match &state.phase {
            Phase::Landed(landing) => Some(Waited::Landed(landing.clone())),
            Phase::Free => {
                let now = self.seat.flights.clock.now();
                state.take_lead(self.led, now);
                // Whoever leads waits for nobody.
                drop(state);
                self.waiting = None;
                Some(Waited::Lead(Leader::next(
                    Cow::Owned(Arc::clone(&self.seat.flights)),
                    Arc::clone(&self.seat.flight),
                    now,
                )))
            }
            Phase::Led => {
                let replaced = match self.place.and_then(|place| state.wakers.get_mut(place)) {
                    Some(there) => Some(std::mem::replace(there, waker)),
                    None => {
                        self.place = Some(state.wakers.insert(waker));
                        None
                    }
                };
                drop(state);
                drop(replaced);
                None
            }
        }
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        let mut state = self.seat.flight.lock();
        state.followers = state.followers.saturating_sub(1);
        let waker = self.place.and_then(|place| state.wakers.remove(place));
        // The last one leaves a flight that nobody leads: it must not stay in the map for ever.
        let abandoned = state.followers == 0 && matches!(state.phase, Phase::Free);
        if abandoned {
            state.phase = Phase::Landed(Landing::Again);
        }
        drop(state);
        drop(waker);
        if abandoned {
            self.seat.close();
        }
    }
}
