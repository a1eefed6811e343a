//! Waiting for a run that another caller leads.

use std::future::poll_fn;
use std::task::{Poll, Waker};
use std::time::Duration;

use super::{Landing, Leader, Led, Phase, Seat};
use crate::flow::stack::Waiting;
use crate::sync::Arc;
use crate::timer::Alarm;

/// How waiting ended.
pub(crate) enum Waited {
    /// The flight landed.
    Landed(Landing),
    /// The leader went away: this caller leads now.
    Lead(Leader),
    /// The deadline passed.
    Late,
}

/// One who waits. Dropped, it waits no more.
pub(crate) struct Follower {
    pub(super) seat: Seat,
    pub(super) led: Led,
    /// Its waker's place in the queue, from the first poll on.
    pub(super) ticket: Option<u64>,
    /// While it waits, the runs around it wait for this flight.
    pub(super) waiting: Option<Waiting>,
}

impl Follower {
    /// Waits until the flight lands, is free to be led, or the deadline or the caller's `patience` has passed.
    pub(crate) async fn wait(mut self, patience: Option<Duration>) -> Waited {
        let shared = &self.seat.flights;
        let limit = patience.map_or(shared.deadline, |patience| patience.min(shared.deadline));
        let limit = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
        let mut alarm = Alarm::at(&shared.clock, shared.clock.now().saturating_add(limit));
        poll_fn(|context| {
            if let Some(waited) = self.look(context.waker()) {
                return Poll::Ready(waited);
            }
            alarm.poll(context.waker()).map(|()| Waited::Late)
        })
        .await
    }

    /// How waiting ended, or `None` with `waker` in the queue. Wakers are cloned and dropped outside the lock: one may
    /// be the last that holds a task, and that task another follower.
    fn look(&mut self, waker: &Waker) -> Option<Waited> {
        let waker = waker.clone();
        let mut state = self.seat.flight.lock();
        match &state.phase {
            Phase::Landed(landing) => Some(Waited::Landed(landing.clone())),
            Phase::Free => {
                state.take_lead(self.led, self.seat.flights.clock.now());
                let seat = Seat { flight: Arc::clone(&self.seat.flight), flights: Arc::clone(&self.seat.flights) };
                // Whoever leads waits for nobody.
                drop(state);
                self.waiting = None;
                Some(Waited::Lead(Leader(Some(seat))))
            }
            Phase::Led => {
                let next = state.next;
                let ticket = *self.ticket.get_or_insert(next);
                if ticket == next {
                    state.next += 1;
                }
                let replaced = state.wakers.insert(ticket, waker);
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
        let waker = self.ticket.and_then(|ticket| state.wakers.remove(&ticket));
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
