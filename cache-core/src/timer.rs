//! Waiting for a time on any executor: alarms that wake a [`Waker`].
//!
//! Alarms on the system's clock are rung by one thread that is started by the first of them and ends when none is
//! left, so an idle program has no thread and no ticker. Alarms on a standing clock are rung by moving that clock.

use std::num::NonZeroU64;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use crate::clock::Clock;
use crate::fork::{InProcess, forks};
use crate::waits::{Place, Waits, wake_all};

/// The alarms of one clock.
#[derive(Debug)]
pub(crate) struct Alarms {
    queue: Mutex<Queue>,
    /// Wakes the thread.
    changed: Condvar,
}

/// In no order: nearly all alarms are taken back before they ring, so looking through all of them now and then costs less
/// than keeping each where it belongs.
#[derive(Debug)]
struct Queue {
    set: Waits<Set>,
    /// None of them rings before; `u64::MAX` is never.
    earliest: u64,
    thread: bool,
    /// Until when the thread sleeps; 0 while it is awake, and looks for the earliest alarm before it sleeps.
    asleep_until: u64,
}

#[derive(Debug)]
struct Set {
    /// The millisecond at which it is due.
    at: u64,
    /// None when it has rung.
    waker: Option<Waker>,
}

impl Queue {
    const fn from(number: NonZeroU64) -> Self {
        Self { set: Waits::from(number), earliest: u64::MAX, thread: false, asleep_until: 0 }
    }

    fn take_due(&mut self, now: u64) -> Vec<Waker> {
        if now < self.earliest {
            return Vec::new();
        }
        let (mut due, mut earliest) = (Vec::new(), u64::MAX);
        for set in self.set.iter_mut() {
            if set.at <= now {
                due.extend(set.waker.take());
            } else {
                earliest = earliest.min(set.at);
            }
        }
        self.earliest = earliest;
        due
    }
}

impl Alarms {
    const fn from(number: NonZeroU64) -> Self {
        Self { queue: Mutex::new(Queue::from(number)), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes every alarm that is due at `now`.
    pub(crate) fn ring(&self, now: u64) {
        let due = self.lock().take_due(now);
        wake_all(due);
    }
}

impl Default for Alarms {
    /// In a child of a fork, alarms of the parent are not taken for those that were set since.
    fn default() -> Self {
        Self::from(NonZeroU64::MIN | forks() << 48)
    }
}

/// A child of a fork has alarms and a thread of its own: the thread of its parent is not there.
static SYSTEM: InProcess<Alarms> = InProcess::of_first(Alarms::from(NonZeroU64::MIN));

/// One alarm: set when first polled, taken back when dropped.
#[derive(Debug)]
pub(crate) struct Alarm {
    clock: Clock,
    /// In milliseconds.
    limit: u64,
    /// When it rings, from the first poll on at the latest; 0 before.
    at: u64,
    set: Option<Place>,
}

impl Alarm {
    /// An alarm that rings when `limit` has passed on `clock` since it was polled first.
    pub(crate) fn after(clock: &Clock, limit: Duration) -> Self {
        let limit = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
        Self { clock: clock.clone(), limit, at: 0, set: None }
    }

    /// The same, of someone who knows that it was `since` on this clock, a moment ago.
    pub(crate) fn after_since(clock: &Clock, limit: Duration, since: u64) -> Self {
        let mut alarm = Self::after(clock, limit);
        alarm.at = since.saturating_add(alarm.limit);
        alarm
    }

    pub(crate) const fn limit(&self) -> Duration {
        Duration::from_millis(self.limit)
    }

    /// Whether it is not half over by a wake that was promised within so many milliseconds; none if 0.
    pub(crate) const fn is_well_behind(&self, promised: u64) -> bool {
        promised > 0 && promised <= self.limit / 2 && self.clock.is_system()
    }

    #[cfg(test)]
    pub(crate) const fn is_set(&self) -> bool {
        self.set.is_some()
    }

    /// Counts from now on, if it does not yet.
    pub(crate) fn begin(&mut self) {
        if self.at == 0 {
            self.at = self.clock.now().saturating_add(self.limit);
        }
    }

    /// Whether it is time; if not, `waker` is woken when it is.
    pub(crate) fn poll(&mut self, waker: &Waker) -> Poll<()> {
        if let Some(place) = self.set {
            match self.alarms().lock().set.get_mut(place) {
                Some(Set { waker: None, .. }) => return Poll::Ready(()),
                Some(Set { waker: Some(set), .. }) if set.will_wake(waker) => return Poll::Pending,
                Some(_) | None => {}
            }
        }
        self.cancel();
        self.set(waker)
    }

    fn set(&mut self, waker: &Waker) -> Poll<()> {
        // One that is due by now is rung as soon as it is set.
        if self.at == 0 && self.limit == 0 {
            return Poll::Ready(());
        }
        self.begin();
        let at = self.at;
        // Wakers are cloned and dropped outside the lock: one may be the last that holds a task, and that an alarm.
        let waker = Some(waker.clone());
        let (alarms, is_system) = (self.alarms(), self.clock.is_system());
        let mut queue = alarms.lock();
        let place = queue.set.insert(Set { at, waker });
        queue.earliest = queue.earliest.min(at);
        if is_system {
            ensure_thread(&mut queue);
            // Only an alarm before its waking concerns the thread. (That may be for one that was taken back.)
            if at < queue.asleep_until {
                alarms.changed.notify_one();
            }
        }
        drop(queue);
        self.set = Some(place);
        // A standing clock may have been moved between the first look and the alarm.
        if !is_system && self.clock.now() >= at { Poll::Ready(()) } else { Poll::Pending }
    }

    fn alarms(&self) -> &Alarms {
        self.clock.as_standing().map_or_else(|| SYSTEM.here(), |standing| &standing.alarms)
    }

    fn cancel(&mut self) {
        if let Some(place) = self.set.take() {
            let taken = self.alarms().lock().set.remove(place);
            drop(taken);
        }
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        self.cancel();
    }
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
        let at = queue.earliest;
        if at == u64::MAX {
            queue.thread = false;
            return;
        }
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::task::Wake;

    use super::*;

    struct Panics;

    impl Wake for Panics {
        fn wake(self: Arc<Self>) {
            panic!("an executor that panics");
        }
    }

    #[derive(Default)]
    struct Woken(AtomicBool);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::SeqCst);
        }
    }

    #[test]
    fn a_waker_that_panics_takes_no_other_along() {
        let (clock, limit, woken) = (Clock::standing(), Duration::from_millis(5), Arc::new(Woken::default()));
        let mut alarms = [Alarm::after(&clock, limit), Alarm::after(&clock, limit)];
        for (alarm, waker) in alarms.iter_mut().zip([Arc::new(Panics).into(), Arc::clone(&woken).into()]) {
            assert!(alarm.poll(&waker).is_pending());
        }
        clock.advance(limit);
        assert!(woken.0.load(Ordering::SeqCst));
        assert!(alarms.iter_mut().all(|alarm| alarm.poll(Waker::noop()).is_ready()));
    }

    #[test]
    fn an_alarm_counts_from_when_its_owner_began_also_where_it_is_polled_later() {
        let (clock, limit, woken) = (Clock::standing(), Duration::from_millis(5), Arc::new(Woken::default()));
        let since = clock.now();
        let [mut alarm, mut late] = [(); 2].map(|()| Alarm::after_since(&clock, limit, since));
        clock.advance(Duration::from_millis(3));
        assert!(alarm.poll(&Arc::clone(&woken).into()).is_pending());
        clock.advance(Duration::from_millis(1));
        assert!(!woken.0.load(Ordering::SeqCst));
        clock.advance(Duration::from_millis(1));
        assert!(woken.0.load(Ordering::SeqCst) && alarm.poll(Waker::noop()).is_ready());
        assert!(late.poll(Waker::noop()).is_ready());
    }

    #[test]
    fn an_alarm_that_is_due_before_it_is_set_rings_by_the_systems_clock_too() {
        let woken = Arc::new(Woken::default());
        let mut alarm = Alarm::after_since(&Clock::system(), Duration::from_millis(5), Clock::system().now() - 10);
        let waker = Arc::clone(&woken).into();
        let start = Clock::system().now();
        while alarm.poll(&waker).is_pending() {
            assert!(Clock::system().now() - start < 5_000, "it does not ring");
            std::thread::park_timeout(Duration::from_millis(1));
        }
    }
}
