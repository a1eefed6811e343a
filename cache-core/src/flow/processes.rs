//! Single-flight among all processes on a store (`single_flight = "shared"`): whoever leads in this process asks the
//! store for the right to run.
//!
//! It saves runs, and nothing rests on it: a commit is sound by its [`Witness`]. So whatever goes wrong here means "run".

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::task::{Wake, Waker};
use std::time::Duration;

use super::Call;
use super::look::{Looked, Purpose, look};
use super::witness::Witness;
use crate::clock::Clock;
use crate::lead::{Lead, Lease};
use crate::sync::lock_std;
use crate::timer::Alarm;
use crate::within::within;

/// What a leader comes to that asked.
pub(super) struct Asked {
    /// Others wait until it is dropped.
    pub(super) right: Option<Right>,
    /// What the last look gave.
    pub(super) looked: Looked,
    /// How much this process had invalidated on the handler before that look.
    pub(super) generation: u64,
}

/// Asks for the right to run after a look that gave `witness`, and looks again when another process may have stored a
/// result. It waits for as long as a flight may last.
pub(super) async fn ask(call: &Call<'_>, mut witness: Box<Witness>, mut generation: u64) -> Asked {
    let handler = call.handler;
    let deadline = handler.flights.deadline();
    let patience = Patience::new(&handler.clock, deadline);
    let mut right = None;
    loop {
        let asked = handler.backend().lead(&call.request.key, &witness.seen, patience.left());
        let is_last = match patience.bound(asked).await {
            Some(Ok(Lead::Granted(lease))) => {
                right = Some(Right::new(lease, &handler.clock, deadline));
                true
            }
            Some(Ok(Lead::Changed)) => patience.left().is_zero(),
            None => true,
            Some(Ok(Lead::Unchanged(lease))) => {
                right = Some(Right::new(lease, &handler.clock, deadline));
                break;
            }
            Some(Ok(Lead::Unshared)) => break,
            Some(Err(error)) => {
                handler.went_without("asking who runs failed, so this process does", &error);
                break;
            }
        };
        generation = handler.generation();
        match look(handler, &call.request, Purpose::Run).await {
            Looked::Miss(Some(seen)) if !is_last => witness = seen,
            looked => return Asked { right, looked, generation },
        }
    }
    Asked { right, looked: Looked::Miss(Some(witness)), generation }
}

/// For how long a leader waits for other processes: by the clock of its cache, and by the machine's as well, since others
/// take their time also where a test's clock stands still.
struct Patience {
    clocks: [(Clock, u64); 2],
}

impl Patience {
    fn new(clock: &Clock, deadline: Duration) -> Self {
        let ends = |clock: Clock| {
            let at = clock.now().saturating_add(millis(deadline));
            (clock, at)
        };
        Self { clocks: [ends(clock.clone()), ends(Clock::system())] }
    }

    fn left_on((clock, ends): &(Clock, u64)) -> Duration {
        Duration::from_millis(ends.saturating_sub(clock.now()))
    }

    fn left(&self) -> Duration {
        let [own, machine] = &self.clocks;
        Self::left_on(own).min(Self::left_on(machine))
    }

    /// What `future` gives, or `None` when there is no patience left before that.
    async fn bound<F: Future>(&self, future: F) -> Option<F::Output> {
        let [own, machine] = &self.clocks;
        let bounded = within(&own.0, Self::left_on(own), future);
        if own.0.is_system() {
            return bounded.await;
        }
        within(&machine.0, Self::left_on(machine), bounded).await.flatten()
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The right to run. It is given back when it is dropped, and when its run has lasted as long as a flight may: a run that
/// hangs, or whose future is kept and never polled, must not make every caller elsewhere wait.
pub(super) struct Right {
    held: Arc<Held>,
    /// Taken back when it is dropped. On the heap, since few runs have one.
    _alarm: Box<Alarm>,
}

impl Right {
    fn new(lease: Lease, clock: &Clock, deadline: Duration) -> Self {
        let held = Arc::new(Held(Mutex::new(Some(lease))));
        let mut alarm = Box::new(Alarm::after(clock, deadline));
        if alarm.poll(&Waker::from(Arc::clone(&held))).is_ready() {
            held.give_back();
        }
        Self { held, _alarm: alarm }
    }
}

impl Drop for Right {
    fn drop(&mut self) {
        self.held.give_back();
    }
}

struct Held(Mutex<Option<Lease>>);

impl Held {
    fn give_back(&self) {
        let lease = lock_std(&self.0).take();
        drop(lease);
    }
}

impl Wake for Held {
    fn wake(self: Arc<Self>) {
        self.give_back();
    }
}
