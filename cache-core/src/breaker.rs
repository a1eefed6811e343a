//! A handler that fails is left alone for a short while, so that no call pays for finding out again.

use std::sync::atomic::{AtomicU64, Ordering};

/// How long a handler is skipped after a failed look, in milliseconds. Then one caller tries it again.
const PAUSE: u64 = 1_000;
/// At most one failure of a handler is logged in this many milliseconds.
const QUIET: u64 = 10_000;

/// Closed (asks pass), open (asks are skipped until a time), or half-open (one ask passes, as a probe).
#[derive(Debug, Default)]
pub(crate) struct Breaker {
    /// Zero while closed.
    open_until: AtomicU64,
    logged: AtomicU64,
}

impl Breaker {
    /// Whether the handler may be asked `now`. When the pause is over one caller is told so, and the others are
    /// told again to wait until that probe has ended, or a further pause has passed.
    pub(crate) fn allows(&self, now: impl FnOnce() -> u64) -> bool {
        let until = self.open_until.load(Ordering::Relaxed);
        if until == 0 {
            return true;
        }
        let now = now();
        let next = now.saturating_add(PAUSE);
        now >= until && self.open_until.compare_exchange(until, next, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// Whether every ask passes.
    pub(crate) fn is_closed(&self) -> bool {
        self.open_until.load(Ordering::Relaxed) == 0
    }

    /// The handler answered.
    pub(crate) fn succeeded(&self) {
        // A plain look first: every hit passes here, and a write would be contended.
        if self.open_until.load(Ordering::Relaxed) != 0 {
            self.open_until.store(0, Ordering::Relaxed);
        }
    }

    /// The handler failed at `now`; gives whether this failure is to be logged.
    pub(crate) fn failed(&self, now: u64) -> bool {
        self.open_until.store(now.saturating_add(PAUSE), Ordering::Relaxed);
        self.may_log(now)
    }

    /// Whether it is time for another line in the log.
    pub(crate) fn may_log(&self, now: u64) -> bool {
        let last = self.logged.load(Ordering::Relaxed);
        (last == 0 || now >= last.saturating_add(QUIET))
            && self.logged.compare_exchange(last, now.max(1), Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_handler_is_skipped_and_then_probed_by_one_caller() {
        let breaker = Breaker::default();
        assert!(breaker.allows(|| 1_000) && breaker.allows(|| 1_000));
        assert!(breaker.failed(1_000), "the first failure is logged");
        assert!(!breaker.failed(1_001), "the next is not");
        assert!(!breaker.allows(|| 1_500));
        assert_eq!([breaker.allows(|| 2_500), breaker.allows(|| 2_500)], [true, false]);
        breaker.succeeded();
        assert!(breaker.allows(|| 2_501) && breaker.allows(|| 2_501));
    }
}
