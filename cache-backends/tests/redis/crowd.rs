//! Callers of all kinds at once on one connection: none of them keeps another waiting, whatever becomes of it.

use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use cache_core::key::Key;
use cache_core::{Backend, Clock, EpochName, Life, Slot, Stored, When, block_on};
use tokio::runtime::Builder;
use tokio::task::yield_now;

use crate::server::Server;

/// How often each caller calls.
const CALLS: u64 = 300;
/// No call takes longer, in milliseconds.
const LONGEST: u64 = 2_000;

async fn get(backend: &dyn Backend, number: u64) {
    let text = (number % 8).to_string();
    let look = backend.look(&Key::direct(&text), &[EpochName::HANDLER]).await.unwrap();
    assert_eq!(look.stored.as_ref().and_then(Stored::as_bytes), Some(text.as_bytes()));
}

async fn put(backend: &dyn Backend, bytes: usize) {
    let value = Stored::Bytes(vec![b'x'; bytes]);
    assert!(backend.put(Slot::Entry(&Key::direct("x")), Some(value), Life::FOREVER, When::Always).await.unwrap());
}

/// Polls `call` so often, and then leaves it.
async fn leave(call: impl Future<Output = ()>, polls: u64) {
    let (mut call, mut left) = (Box::pin(call), polls);
    poll_fn(|context| {
        if left == 0 || call.as_mut().poll(context).is_ready() {
            return Poll::Ready(());
        }
        left -= 1;
        Poll::Pending
    })
    .await;
}

/// Calls in one way after the other.
async fn call_often(backend: Arc<dyn Backend>, seed: u64) {
    let clock = Clock::system();
    let mut number = seed;
    for _ in 0..CALLS {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (way, began) = ((number >> 33) % 16, clock.now());
        match way {
            0 => leave(get(&*backend, number), number >> 40 & 3).await,
            1 => leave(put(&*backend, 100_000), number >> 40 & 1).await,
            // Others of its runtime wait for the thread.
            2 => std::thread::park_timeout(Duration::from_millis(1)),
            3 => block_on(get(&*backend, number)),
            4 => put(&*backend, 100_000).await,
            5 => drop(tokio::spawn({
                let backend = Arc::clone(&backend);
                async move { get(&*backend, number).await }
            })),
            6 => yield_now().await,
            7 => {
                // Two of one task: the first is begun, and not polled while the other is under way.
                let mut first = Box::pin(get(&*backend, number));
                let begun = poll_fn(|context| Poll::Ready(first.as_mut().poll(context))).await;
                put(&*backend, 10).await;
                if begun.is_pending() {
                    first.await;
                }
            }
            _ => get(&*backend, number).await,
        }
        let took = clock.now() - began;
        assert!(took < LONGEST, "a call in way {way} took {took} ms");
    }
}

#[test]
fn callers_that_leave_block_or_end_with_their_runtime_keep_no_other_waiting() {
    let server = Server::start();
    let backend = server.backend();
    for number in 0..8_u64 {
        let text = number.to_string();
        let value = Stored::Bytes(text.as_bytes().to_vec());
        let key = Key::direct(&text);
        assert!(block_on(backend.put(Slot::Entry(&key), Some(value), Life::FOREVER, When::Always)).unwrap());
    }
    std::thread::scope(|scope| {
        for seed in 0..2 {
            let backend = &backend;
            scope.spawn(move || {
                let runtime = Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(async {
                    let tasks = (0..10).map(|task| tokio::spawn(call_often(Arc::clone(backend), seed * 100 + task)));
                    for task in tasks.collect::<Vec<_>>() {
                        task.await.unwrap();
                    }
                });
            });
        }
        scope.spawn(|| {
            let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async {
                let tasks = (0..10).map(|task| tokio::spawn(call_often(Arc::clone(&backend), 1_000 + task)));
                for task in tasks.collect::<Vec<_>>() {
                    task.await.unwrap();
                }
            });
        });
        // Runtimes that end with callers on them.
        scope.spawn(|| {
            for _ in 0..100 {
                let runtime = Builder::new_current_thread().enable_all().build().unwrap();
                for number in 0..5 {
                    let backend = Arc::clone(&backend);
                    runtime.spawn(async move { get(&*backend, number).await });
                }
                runtime.block_on(yield_now());
            }
        });
        scope.spawn(|| {
            for number in 0..2_000 {
                block_on(get(&*backend, number));
            }
        });
    });
}
