//! Waiting for a future, and no longer than a limit.

use std::cell::Cell;
use std::future::Future;
use std::mem;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use crate::clock::Clock;
use crate::timer::Alarm;

thread_local! {
    /// What was promised by the future that is polled now, in milliseconds; 0 is nothing.
    static PROMISED: Cell<u64> = const { Cell::new(0) };
}

/// Says, from within a future that is not ready, that whoever polls it is woken `within` that time, be it ready by then or not.
/// Where that is well within its limit, a call sets no alarm before that, which would cost it more than all else that it shares
/// with others. `None` takes it back, as a future has to do that is ready or dropped.
pub fn promise_wake(within: Option<Duration>) {
    PROMISED.set(within.map_or(0, |within| u64::try_from(within.as_millis()).unwrap_or(u64::MAX).max(1)));
}

/// `future`'s output, or `None` when `limit` has passed on `clock` first.
pub async fn within<F: Future>(clock: &Clock, limit: Duration, future: F) -> Option<F::Output> {
    Within::new(pin!(future), Alarm::after(clock, limit)).await
}

/// See [`within`]. The alarm is set when the future is not ready at its first poll; or at the second, if a wake [was
/// promised](promise_wake) by which the limit is not half over.
pub(crate) struct Within<F> {
    future: F,
    pub(crate) alarm: Alarm,
    polled: bool,
}

impl<F> Within<F> {
    pub(crate) const fn new(future: F, alarm: Alarm) -> Self {
        Self { future, alarm, polled: false }
    }
}

impl<F: Future + Unpin> Future for Within<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        PROMISED.set(0);
        let polled = mem::replace(&mut self.polled, true);
        match Pin::new(&mut self.future).poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            // For whoever is around this one, nothing is promised.
            Poll::Pending if self.alarm.is_well_behind(PROMISED.replace(0)) && !polled => {
                self.alarm.begin();
                Poll::Pending
            }
            Poll::Pending => self.alarm.poll(context.waker()).map(|()| None),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Wake, Waker};

    use super::*;

    const SOON: Option<Duration> = Some(Duration::from_millis(1));
    const LATE: Option<Duration> = Some(Duration::from_secs(10));
    const SHORT: Duration = Duration::from_millis(10);
    const LONG: Duration = Duration::from_secs(3_600);

    #[derive(Default)]
    struct Woken(AtomicUsize);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Something that never comes, and promises this with each poll.
    fn promising(within: Option<Duration>) -> impl Future<Output = ()> + Unpin {
        poll_fn(move |_| {
            promise_wake(within);
            Poll::Pending
        })
    }

    /// Whether an alarm of `limit` is set by the first polls, so many.
    fn has_alarm(limit: Duration, polls: usize, mut within: Within<impl Future<Output = ()> + Unpin>) -> bool {
        for _ in 0..polls {
            assert!(Pin::new(&mut within).poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
        assert_eq!(within.alarm.limit(), limit);
        within.alarm.is_set()
    }

    #[test]
    fn a_wake_that_is_promised_in_time_takes_the_place_of_the_first_alarm() {
        let of = |limit, promised| Within::new(promising(promised), Alarm::after(&Clock::system(), limit));
        assert!(!has_alarm(LONG, 1, of(LONG, SOON)) && has_alarm(LONG, 2, of(LONG, SOON)));
        assert!(has_alarm(LONG, 1, of(LONG, None)));
        let limit = Duration::from_secs(15);
        assert!(has_alarm(limit, 1, of(limit, LATE)), "the limit would be half over");
    }

    #[test]
    fn a_promise_is_no_longer_than_what_promised() {
        // What is asked first is dropped, and what it waits for then promises nothing.
        let mut first = promising(SOON);
        let asks = poll_fn(move |context| {
            assert!(Pin::new(&mut first).poll(context).is_pending());
            promise_wake(None);
            Poll::<()>::Pending
        });
        assert!(has_alarm(LONG, 1, Within::new(asks, Alarm::after(&Clock::system(), LONG))));
        // One that another waits for has its own.
        let mut inner = Within::new(promising(SOON), Alarm::after(&Clock::system(), LONG));
        let waits = poll_fn(move |context| Pin::new(&mut inner).poll(context).map(drop));
        assert!(has_alarm(LONG, 1, Within::new(waits, Alarm::after(&Clock::system(), LONG))));
    }

    #[test]
    fn a_clock_that_is_moved_rings_whatever_was_promised() {
        let (clock, woken) = (Clock::standing(), Arc::new(Woken::default()));
        let mut within = Within::new(promising(SOON), Alarm::after(&clock, SHORT));
        let waker = Waker::from(Arc::clone(&woken));
        assert!(Pin::new(&mut within).poll(&mut Context::from_waker(&waker)).is_pending());
        clock.advance(SHORT);
        assert_eq!(woken.0.load(Ordering::SeqCst), 1);
        assert!(matches!(Pin::new(&mut within).poll(&mut Context::from_waker(&waker)), Poll::Ready(None)));
    }
}
