//! Whether the server is a neighbour: on this machine, where it needs a processor that callers have.
//!
//! A request wakes it. While callers keep all processors busy, the system lets them go on for a slice of time that is longer
//! than what they have to do: all have asked before the server runs, and sleep until it is done. So whoever sends it a batch
//! hands the processor over: it works on that while others prepare the next. That made hits of 256 tasks on two workers and two
//! processors faster by 7 % or more.
//!
//! Whoever else waits for the processor takes it as well, for a slice. So it is measured how long that takes, and where it is
//! long, there is no more of it for a while.
//!
//! What leads to a server elsewhere, like a proxy, is no neighbour: its replies take longer, those to the login aside, which
//! it may give itself. Where they take a moment more only, no more than that is lost. To a server that is no neighbour nobody
//! hands anything over, nor is a request held until others are made: that would cost a round trip.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::{Handle, RuntimeFlavor};

/// The reply of a neighbour that runs at once takes less.
const NEAR: Duration = Duration::from_micros(300);

/// Fewer under way leave it a processor anyway.
const CROWDED: u64 = 64;

/// The first may go to the thread of another caller.
const TIMES: u32 = 2;

/// Mostly somebody else had the processor for so long. A server that takes it for large values needs no help either.
const DEAR: Duration = Duration::from_micros(500);

/// For so many times as long there is no other, so that this takes a small part of the time.
const RARELY: u32 = 256;

pub(super) struct Neighbour {
    /// Its address is one of this machine's.
    local: bool,
    /// What answers is the server: a proxy may answer the login itself.
    used: AtomicBool,
    proven: AtomicBool,
    began: Instant,
    /// The processor is not handed over before, in nanoseconds since it began.
    pause: AtomicU64,
}

impl Neighbour {
    #[expect(clippy::disallowed_methods, reason = "how long the system takes is no time of the cache's")]
    pub(super) fn new(local: bool) -> Self {
        Self {
            local,
            used: AtomicBool::new(false),
            proven: AtomicBool::new(false),
            began: Instant::now(),
            pause: AtomicU64::new(0),
        }
    }

    /// How old the connection is.
    pub(super) fn age(&self) -> Duration {
        self.began.elapsed()
    }

    /// The login is over.
    pub(super) fn begin(&self) {
        self.used.store(true, Ordering::Relaxed);
    }

    /// Whether it is to be found out how long a reply takes.
    pub(super) fn is_unknown(&self) -> bool {
        self.local && self.used.load(Ordering::Relaxed) && !self.is_one()
    }

    /// A reply took so long, to a request with none in front of it. One that is late says nothing: the system may have been
    /// busy. Gives whether it is a neighbour.
    pub(super) fn learn(&self, took: Duration) -> bool {
        if self.is_unknown() && took <= NEAR {
            self.proven.store(true, Ordering::Relaxed);
        }
        self.is_one()
    }

    pub(super) fn is_one(&self) -> bool {
        self.proven.load(Ordering::Relaxed)
    }

    /// Hands it the processor of a caller who wrote while so many requests were under way.
    pub(super) fn hand_over(&self, under_way: u64) {
        if self.is_one() && under_way >= CROWDED && is_of_workers() {
            self.hand_over_by(|| self.age(), thread::yield_now);
        }
    }

    fn hand_over_by(&self, age: impl Fn() -> Duration, hand_over: impl Fn()) {
        let mut before = age();
        if nanos(before) < self.pause.load(Ordering::Relaxed) {
            return;
        }
        for _ in 0..TIMES {
            hand_over();
            let now = age();
            let took = now.saturating_sub(before);
            if took > DEAR {
                self.pause.fetch_max(nanos(now.saturating_add(took.saturating_mul(RARELY))), Ordering::Relaxed);
                return;
            }
            before = now;
        }
    }
}

/// Whether callers of this thread's runtime may be polled by several threads: one alone leaves a processor to the server, and
/// gained nothing by it.
fn is_of_workers() -> bool {
    Handle::try_current().is_ok_and(|runtime| runtime.runtime_flavor() == RuntimeFlavor::MultiThread)
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// How often the processor is handed over behind so many batches, 100 µs apart, where each time takes so many microseconds.
    fn handed_over(batches: u32, micros: u64) -> u32 {
        let (now, count) = (Cell::new(Duration::ZERO), Cell::new(0));
        let neighbour = Neighbour::new(true);
        for _ in 0..batches {
            let hand_over = || {
                now.set(now.get() + Duration::from_micros(micros));
                count.set(count.get() + 1);
            };
            neighbour.hand_over_by(|| now.get(), hand_over);
            now.set(now.get() + Duration::from_micros(100));
        }
        count.get()
    }

    #[test]
    fn the_processor_is_handed_over_twice_behind_each_batch_while_that_is_cheap() {
        assert_eq!(handed_over(1_000, 0), 2_000);
        assert_eq!(handed_over(1_000, 200), 2_000);
    }

    #[test]
    fn where_others_take_the_processor_it_is_handed_over_for_a_small_part_of_the_time() {
        // Each time is followed by 1,024 ms without, in which 10,240 batches are written.
        assert_eq!(handed_over(40_000, 4_000), 4);
    }

    #[test]
    fn only_a_server_on_this_machine_whose_reply_came_soon_is_a_neighbour() {
        let soon = Duration::from_micros(60);
        for (local, took, near) in [(true, soon, true), (true, NEAR * 2, false), (false, soon, false)] {
            let neighbour = Neighbour::new(local);
            assert!(!neighbour.learn(took), "a proxy may answer the login");
            neighbour.begin();
            assert_eq!(neighbour.learn(took), near, "{local} {took:?}");
        }
    }
}
