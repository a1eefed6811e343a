//! What every hit reads that others write: the epoch of readers, and the time.
//!
//! **The time** is a number that a thread writes down every few milliseconds, since reading a clock of the system costs ten
//! times as much as the rest of a hit. The number is ahead of the time by more than it is behind when all goes well, so that
//! what is fresh by it is fresh indeed. What is not is asked again by the real clock, which decides to the millisecond. When
//! nobody has called for a while the thread goes to sleep and leaves the end of all times behind, so that the next hit asks
//! the real clock and wakes it.
//!
//! All does not go well when the process is stopped and continued (`SIGSTOP`, a debugger, a laptop that is closed): then the
//! number is as old as the stop was long, until the thread that writes it gets its turn. So a thread that was off its
//! processor asks the real clock before it believes the number again: see [`super::preempted`].

use std::sync::atomic::Ordering;

use super::head::Life;
use super::keeper;
use super::sync::{AtomicU64, shared};

/// How far the number is ahead, in milliseconds: some times what it is behind, when all goes well.
const AHEAD: u64 = 10 * keeper::TICK.as_millis() as u64;

/// Both, in one line of the processor's cache.
#[derive(Debug)]
#[repr(align(64))]
pub(super) struct Moment {
    /// How often it was asked who is inside, and one: see [`super::reader`].
    pub(super) epoch: AtomicU64,
    /// The time, as [`Life::moment`] gives it.
    time: AtomicU64,
}

shared! {
    pub(super) static MOMENT: Moment = Moment { epoch: AtomicU64::new(1), time: AtomicU64::new(Life::moment(u64::MAX)) };
}

impl Moment {
    /// Whether what has this life is fresh by the number.
    #[inline]
    pub(super) fn is_fresh(&self, life: Life) -> bool {
        life.is_after(self.time.load(Ordering::Relaxed))
    }

    /// The time when the number was written.
    pub(super) fn time(&self) -> Option<u64> {
        let time = self.time.load(Ordering::Relaxed);
        (time != Life::moment(u64::MAX)).then(|| (time >> 8).saturating_sub(AHEAD))
    }

    /// A time that was ahead of the clock when the number was written.
    #[cfg(feature = "redis")]
    pub(super) fn time_ahead(&self) -> Option<u64> {
        let time = self.time.load(Ordering::Relaxed);
        (time != Life::moment(u64::MAX)).then_some((time >> 8) + 1)
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.time.load(Ordering::Relaxed) == Life::moment(u64::MAX)
    }

    /// Has the time be written from now on, if it is not. Calls that take the long way say this.
    #[inline]
    pub(super) fn wake(&self) {
        if self.is_stopped() {
            keeper::wake();
        }
    }

    /// Writes the time.
    pub(super) fn write(&self, now: u64) {
        self.time.store(Life::moment(now.saturating_add(AHEAD)), Ordering::Relaxed);
    }

    /// Leaves the end of all times.
    pub(super) fn stop(&self) {
        self.time.store(Life::moment(u64::MAX), Ordering::SeqCst);
    }

    /// Mends the number, if it is behind the time.
    pub(super) fn catch_up(&self, now: u64) {
        let time = self.time.load(Ordering::Relaxed);
        if Life::moment(now) > time {
            let mended = Life::moment(now.saturating_add(AHEAD));
            // Not where it was stopped since: nobody would write it again.
            let _ = self.time.compare_exchange(time, mended, Ordering::Relaxed, Ordering::Relaxed);
        }
    }
}
