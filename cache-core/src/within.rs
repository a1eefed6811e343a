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
    /// See [`will_be_woken`].
    static WILL_BE_WOKEN: Cell<bool> = const { Cell::new(false) };
}

/// Said by what an operation of a backend waits for, when it is not ready: that it has its caller woken within a part of the
/// handler's timeout, be it ready by then or not. No alarm is set before that, which would cost most calls that wait more than
/// all else that they share with others.
pub fn will_be_woken() {
    WILL_BE_WOKEN.set(true);
}

/// `future`'s output, or `None` when `limit` has passed on `clock` first.
pub async fn within<F: Future>(clock: &Clock, limit: Duration, future: F) -> Option<F::Output> {
    Within::new(pin!(future), Alarm::after(clock, limit)).await
}

/// See [`within`]. The alarm is set when the future is not ready at its first poll, or at the second if it [will be
/// woken](will_be_woken).
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
        WILL_BE_WOKEN.set(false);
        let polled = mem::replace(&mut self.polled, true);
        match Pin::new(&mut self.future).poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if WILL_BE_WOKEN.replace(false) && !polled => {
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

    const LIMIT: Duration = Duration::from_millis(10);

    #[derive(Default)]
    struct Woken(AtomicUsize);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Polls one after the other; gives how often it was woken by what it waits for, and whether it is over.
    fn poll_twice(clock: &Clock, future: impl Future<Output = ()> + Unpin, between: Duration) -> (usize, bool) {
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        let mut context = Context::from_waker(&waker);
        let mut within = Within::new(future, Alarm::after(clock, LIMIT));
        assert!(Pin::new(&mut within).poll(&mut context).is_pending());
        clock.advance(between);
        let before = woken.0.load(Ordering::SeqCst);
        let over = Pin::new(&mut within).poll(&mut context).is_ready();
        clock.advance(LIMIT);
        assert!(over || woken.0.load(Ordering::SeqCst) > before, "nobody wakes it at its limit");
        (before, over)
    }

    #[test]
    fn who_will_be_woken_has_no_alarm_before_and_no_more_time_than_others() {
        let clock = Clock::standing();
        let silent = || poll_fn(|_| Poll::Pending);
        let woken = || {
            poll_fn(|_| {
                will_be_woken();
                Poll::Pending
            })
        };
        assert_eq!(poll_twice(&clock, silent(), LIMIT), (1, true));
        assert_eq!(poll_twice(&clock, woken(), LIMIT), (0, true));
        assert_eq!(poll_twice(&clock, woken(), LIMIT / 2), (0, false));
    }

    #[test]
    fn who_waits_for_one_that_will_be_woken_has_an_alarm_of_its_own() {
        let clock = Clock::standing();
        let inner = poll_fn(|_| {
            will_be_woken();
            Poll::<()>::Pending
        });
        let inner = Within::new(inner, Alarm::after(&clock, LIMIT * 5));
        let mut outer = Within::new(inner, Alarm::after(&clock, LIMIT));
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        assert!(Pin::new(&mut outer).poll(&mut Context::from_waker(&waker)).is_pending());
        clock.advance(LIMIT);
        assert_eq!(woken.0.load(Ordering::SeqCst), 1);
        assert!(matches!(Pin::new(&mut outer).poll(&mut Context::from_waker(&waker)), Poll::Ready(None)));
    }
}
