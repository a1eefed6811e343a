//! Bringing to an end what its caller does not wait for.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// Brings `work` to its end: at once if it needs no waiting (ram, disk), else in a task, or on a thread where there is
/// no tokio.
pub(crate) fn finish(work: impl Future<Output = ()> + Send + 'static) {
    let mut work: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(work);
    if let Poll::Ready(()) = work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        return;
    }
    match tokio::runtime::Handle::try_current() {
        Ok(runtime) => drop(runtime.spawn(work)),
        Err(_) => cache_core::keyspace::finish(work),
    }
}
