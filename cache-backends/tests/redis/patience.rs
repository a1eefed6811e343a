//! How long callers wait: no longer than they have patience, whoever watches the connection.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use cache_backends::Redis;
use cache_core::key::Key;
use cache_core::{Backend, Cache, Clock, EpochName, block_on, within};
use tokio::runtime::Builder;

use crate::proxy::Proxy;
use crate::server::{Server, eventually, open};

/// Looks for `text`; whether there was an answer.
async fn look(backend: &dyn Backend, text: &str) -> bool {
    backend.look(&Key::direct(text), &[EpochName::HANDLER]).await.is_ok()
}

/// A reply that comes does not end the wait of those behind it: each has a limit of its own.
#[test]
fn who_is_behind_a_large_value_waits_no_longer_than_the_handler_has_patience() {
    let server = Server::start();
    let proxy = Proxy::to(server.port);
    let redis = Redis::builder().host("127.0.0.1").port(proxy.port).timeout(Duration::from_millis(200));
    let cache = Cache::builder().handler("redis", redis).build().unwrap();
    let direct = cache.blocking();
    eventually("the handler works", || direct.set("small", 7_u64, 60).is_ok());
    eventually("it is read", || matches!(direct.get("small"), Ok(Some(7_u64))));
    direct.set("large", vec![b'x'; 48 << 20], 60).unwrap();
    proxy.slow_down();
    let clock = Clock::system();
    let large = std::thread::spawn({
        let cache = cache.clone();
        move || cache.blocking().get::<Vec<u8>>("large")
    });
    std::thread::park_timeout(Duration::from_millis(50));
    let began = clock.now();
    let small = direct.get::<u64>("small");
    let took = clock.now() - began;
    assert!(!matches!(small, Ok(Some(_))), "the reply was not late, which shows nothing");
    assert!((500..1_500).contains(&took), "it took {took} ms");
    let _ = large.join().unwrap();
}

#[test]
fn a_limit_that_is_shorter_than_the_handlers_timeout_is_kept() {
    let server = Server::start();
    let backend = open(server.builder().timeout(Duration::from_secs(8)));
    eventually("the handler works", || block_on(look(&*backend, "a")));
    server.signal("-STOP");
    let clock = Clock::system();
    for _ in 0..5 {
        let began = clock.now();
        let found = block_on(within(&clock, Duration::from_millis(50), look(&*backend, "a")));
        let took = clock.now() - began;
        assert!(found.is_none() && took < 1_000, "{found:?}, in {took} ms");
    }
    server.signal("-CONT");
}

#[test]
fn who_looks_and_then_waits_for_something_else_has_a_limit_all_the_same() {
    let server = Server::start();
    let backend = open(server.builder().timeout(Duration::from_millis(100)));
    eventually("the handler works", || block_on(look(&*backend, "a")));
    let clock = Clock::system();
    let began = clock.now();
    let asks = async {
        let mut first = Box::pin(look(&*backend, "a"));
        // Whoever asks alone reads the reply itself if that comes at once.
        server.signal("-STOP");
        let begun = poll_fn(|context| Poll::Ready(first.as_mut().poll(context))).await;
        assert!(begun.is_pending(), "the server was there before it was asked");
        // Whoever has left is not woken.
        drop(first);
        server.signal("-CONT");
        std::future::pending::<()>().await;
    };
    let found = block_on(within(&clock, Duration::from_millis(300), asks));
    let took = clock.now() - began;
    assert!(found.is_none() && took < 2_000, "{found:?}, in {took} ms");
}

/// The last that holds a task, which goes with it.
struct Last(Mutex<Option<Pin<Box<dyn Future<Output = bool> + Send>>>>);

impl Wake for Last {
    fn wake(self: Arc<Self>) {}
}

impl Drop for Last {
    fn drop(&mut self) {
        // Long enough for the connection's watch to come by.
        std::thread::park_timeout(Duration::from_millis(4));
        drop(self.0.lock().unwrap().take());
    }
}

#[test]
fn a_waker_that_takes_a_waiting_call_along_stops_nobody() {
    let server = Server::start();
    for _ in 0..10 {
        let backend = open(server.builder().timeout(Duration::from_millis(8)));
        eventually("the handler works", || block_on(look(&*backend, "a")));
        server.signal("-STOP");
        let is_over = Arc::new(AtomicBool::new(false));
        std::thread::spawn({
            let is_over = Arc::clone(&is_over);
            move || {
                let call = |text: &'static str| {
                    let backend = Arc::clone(&backend);
                    Box::pin(async move { look(&*backend, text).await })
                };
                let runtime = Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(poll_fn(|_| {
                    let mut context = Context::from_waker(Waker::noop());
                    let (mut first, mut writes, mut moved) = (call("a"), call("b"), call("c"));
                    assert!(first.as_mut().poll(&mut context).is_pending());
                    assert!(writes.as_mut().poll(&mut context).is_pending());
                    let last = Waker::from(Arc::new(Last(Mutex::new(Some(writes)))));
                    assert!(moved.as_mut().poll(&mut Context::from_waker(&last)).is_pending());
                    drop(last);
                    // By another task from now on: its waker takes the place of the last one.
                    let _ = moved.as_mut().poll(&mut context);
                    Poll::Ready(())
                }));
                is_over.store(true, Ordering::SeqCst);
            }
        });
        std::thread::park_timeout(Duration::from_millis(30));
        server.signal("-CONT");
        eventually("the calls are over", || is_over.load(Ordering::SeqCst));
    }
}
