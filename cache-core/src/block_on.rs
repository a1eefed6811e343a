//! Driving a future on the caller's own thread: how a sync call uses the code of the async one.

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use crate::timer::Unpark;

thread_local! {
    static WAKER: Waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    static WAITING: Cell<bool> = const { Cell::new(false) };
}

/// Whether the future that is being polled on this thread has the thread for itself: it is polled by [`block_on`], for a sync
/// caller. Then it may as well do its work here and now. Anywhere else a future that blocks holds up an executor.
#[must_use]
pub fn may_block() -> bool {
    WAITING.get()
}

/// This thread is in [`block_on`], and was or was not before.
struct Waits(bool);

impl Drop for Waits {
    fn drop(&mut self) {
        WAITING.set(self.0);
    }
}

/// Polls `future` on this thread until it is ready, parking between polls.
///
/// It needs no runtime and works inside one: it blocks the thread as any sync call does. A future that needs a
/// runtime of this thread to make progress must not be given to it.
pub fn block_on<F: Future>(future: F) -> F::Output {
    // A thread that is shutting down has no thread-local waker any more; it gets one of its own.
    let waker = WAKER.try_with(Waker::clone).unwrap_or_else(|_| Arc::new(Unpark(std::thread::current())).into());
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    let _waits = Waits(WAITING.replace(true));
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            // Another user of this thread's token may wake us early; the loop polls again.
            Poll::Pending => std::thread::park(),
        }
    }
}
