//! Work that goes on after its caller was answered.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use crate::block_on;

/// Brings `work` to its end: at once if it needs no waiting (ram, disk), else on a thread of its own. Where no thread
/// can be had the caller waits.
pub fn finish(work: impl Future<Output = ()> + Send + 'static) {
    let mut work: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(work);
    if let Poll::Ready(()) = work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        return;
    }
    let (give, take) = std::sync::mpsc::channel();
    let spawned = std::thread::Builder::new().name("larder-store".into()).spawn(move || {
        if let Ok(work) = take.recv() {
            block_on::<Pin<Box<dyn Future<Output = ()> + Send>>>(work);
        }
    });
    match spawned {
        Ok(_) => drop(give.send(work)),
        Err(_) => block_on(work),
    }
}
