//! Waiting for a time on any executor: alarms that wake a [`Waker`].
//!
//! Alarms on the system's clock are rung by one thread that is started by the first of them and ends when none is
//! left, so an idle program has no thread and no ticker. Alarms on a standing clock are rung by moving that clock.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use crate::clock::Clock;
use crate::fork::InProcess;

/// Wakers by the millisecond at which they are due; the second number tells alarms of one millisecond apart.
#[derive(Debug, Default)]
pub(crate) struct Alarms {
    queue: Mutex<Queue>,
    /// Wakes the thread.
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    due: BTreeMap<(u64, u64), Waker>,
    thread: bool,
    /// Until when the thread sleeps; 0 while it is awake, and looks for the earliest alarm before it sleeps.
    asleep_until: u64,
}

impl Alarms {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes every alarm that is due at `now`.
    pub(crate) fn ring(&self, now: u64) {
        for waker in self.take_due(now) {
            waker.wake();
        }
    }

    fn take_due(&self, now: u64) -> Vec<Waker> {
        let mut queue = self.lock();
        let later = queue.due.split_off(&(now.saturating_add(1), 0));
        std::mem::replace(&mut queue.due, later).into_values().collect()
    }
}

/// A child of a fork has alarms and a thread of its own: the thread of its parent is not there.
static SYSTEM: InProcess<Alarms> = InProcess::of_first(Alarms {
    queue: Mutex::new(Queue { due: BTreeMap::new(), thread: false, asleep_until: 0 }),
    changed: Condvar::new(),
});

/// Of all alarms, so that one that was set before a fork is not taken for another one behind it.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// One alarm: set when first polled, taken back when dropped.
#[derive(Debug)]
pub(crate) struct Alarm {
    clock: Clock,
    at: u64,
    set: Option<(u64, u64)>,
}

impl Alarm {
    /// An alarm that rings when `clock` shows `at` milliseconds.
    pub(crate) fn at(clock: &Clock, at: u64) -> Self {
        Self { clock: clock.clone(), at, set: None }
    }

    /// Whether it is time; if not, `waker` is woken when it is.
    pub(crate) fn poll(&mut self, waker: &Waker) -> Poll<()> {
        self.cancel();
        if self.clock.now() >= self.at {
            return Poll::Ready(());
        }
        // Wakers are cloned and dropped outside the lock: one may be the last that holds a task, and that an alarm.
        let waker = waker.clone();
        let (alarms, system) = self.alarms();
        let mut queue = alarms.lock();
        let id = (self.at, NEXT.fetch_add(1, Ordering::Relaxed));
        queue.due.insert(id, waker);
        if system {
            ensure_thread(&mut queue);
            // Only an alarm before its waking concerns the thread. (That may be for one that was taken back.)
            if self.at < queue.asleep_until {
                alarms.changed.notify_one();
            }
        }
        drop(queue);
        self.set = Some(id);
        // A standing clock may have been moved between the first look and the alarm.
        if self.clock.now() >= self.at { Poll::Ready(()) } else { Poll::Pending }
    }

    fn alarms(&self) -> (&Alarms, bool) {
        match self.clock.as_standing() {
            Some(standing) => (&standing.alarms, false),
            None => (SYSTEM.here(), true),
        }
    }

    fn cancel(&mut self) {
        if let Some(id) = self.set.take() {
            let waker = self.alarms().0.lock().due.remove(&id);
            drop(waker);
        }
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        self.cancel();
    }
}

/// `future`'s output, or `None` when `limit` has passed on `clock` first.
pub async fn within<F: Future>(clock: &Clock, limit: Duration, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut alarm = None;
    poll_fn(|context| {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        let alarm = alarm.get_or_insert_with(|| {
            Alarm::at(clock, clock.now().saturating_add(u64::try_from(limit.as_millis()).unwrap_or(u64::MAX)))
        });
        alarm.poll(context.waker()).map(|()| None)
    })
    .await
}

/// Starts the thread of the system's alarms unless it runs. Without a thread (none can be had) alarms do not ring:
/// a wait is then as long as what it waits for, which is what it would be without a limit.
fn ensure_thread(queue: &mut Queue) {
    if !queue.thread {
        queue.thread = std::thread::Builder::new().name("larder-timer".into()).spawn(keep_ringing).is_ok();
    }
}

fn keep_ringing() {
    let (clock, alarms) = (Clock::system(), SYSTEM.here());
    loop {
        alarms.ring(clock.now());
        let mut queue = alarms.lock();
        let Some((&(at, _), _)) = queue.due.first_key_value() else {
            queue.thread = false;
            return;
        };
        let wait = Duration::from_millis(at.saturating_sub(clock.now()));
        if !wait.is_zero() {
            queue.asleep_until = at;
            let (mut queue, _) = alarms.changed.wait_timeout(queue, wait).unwrap_or_else(PoisonError::into_inner);
            queue.asleep_until = 0;
        }
    }
}

/// Wakes a thread that waits in [`crate::block_on`].
#[derive(Debug)]
pub(crate) struct Unpark(pub(crate) std::thread::Thread);

impl std::task::Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}
