//! Callers of all kinds at once on one connection: none of them keeps another waiting, whatever becomes of it.

use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use cache_core::key::Key;
use cache_core::{Backend, Clock, EpochName, Life, Slot, Stored, When, block_on};
use tokio::runtime::Builder;
use tokio::task::yield_now;

use crate::server::Server;

/// How many callers there are on each runtime.
const FEW: u64 = 10;
/// So many that they wait for each other to make a batch.
const MANY: u64 = 150;
/// How often those of one runtime call in all.
const CALLS: u64 = 3_000;
/// No call takes longer, in milliseconds.
const LONGEST: u64 = 2_000;

/// The handler, and whether its connection stays.
#[derive(Clone, Copy)]
struct Shop<'a> {
    backend: &'a dyn Backend,
    stays: bool,
}

impl Shop<'_> {
    async fn get(self, number: u64) {
        let text = (number % 8).to_string();
        match self.backend.look(&Key::direct(&text), &[EpochName::HANDLER]).await {
            Ok(look) => assert_eq!(look.stored.as_ref().and_then(Stored::as_bytes), Some(text.as_bytes())),
            Err(error) => assert!(!self.stays, "{error}"),
        }
    }

    async fn put(self, bytes: usize) {
        let value = Stored::Bytes(vec![b'x'; bytes]);
        let key = Key::direct("x");
        let put = self.backend.put(Slot::Entry(&key), Some(value), Life::FOREVER, When::Always);
        assert!(put.await.unwrap_or(!self.stays));
    }
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

/// Calls so often in one way after the other.
async fn call_often(backend: Arc<dyn Backend>, stays: bool, seed: u64, calls: u64) {
    let shop = Shop { backend: &*backend, stays };
    let clock = Clock::system();
    let mut number = seed;
    for _ in 0..calls {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (way, began) = ((number >> 33) % 16, clock.now());
        match way {
            0 => leave(shop.get(number), number >> 40 & 3).await,
            1 => leave(shop.put(100_000), number >> 40 & 1).await,
            // Others of its runtime wait for the thread.
            2 => std::thread::park_timeout(Duration::from_millis(1)),
            3 => block_on(shop.get(number)),
            4 => shop.put(100_000).await,
            5 => drop(tokio::spawn({
                let backend = Arc::clone(&backend);
                async move { Shop { backend: &*backend, stays }.get(number).await }
            })),
            6 => yield_now().await,
            7 => {
                // Two of one task: the first is begun, and not polled while the other is under way.
                let mut first = Box::pin(shop.get(number));
                let begun = poll_fn(|context| Poll::Ready(first.as_mut().poll(context))).await;
                shop.put(10).await;
                if begun.is_pending() {
                    first.await;
                }
            }
            _ => shop.get(number).await,
        }
        let took = clock.now() - began;
        assert!(took < LONGEST, "a call in way {way} took {took} ms");
    }
}

/// Has callers of all kinds at once on `backend`, so many on each runtime.
fn crowd(backend: &Arc<dyn Backend>, stays: bool, callers: u64) {
    let run = |builder: &mut Builder, seed: u64| {
        builder.enable_all().build().unwrap().block_on(async {
            let call = |task| call_often(Arc::clone(backend), stays, seed + task, CALLS / callers);
            let tasks = (0..callers).map(|task| tokio::spawn(call(task)));
            for task in tasks.collect::<Vec<_>>() {
                task.await.unwrap();
            }
        });
    };
    let shop = Shop { backend: &**backend, stays };
    std::thread::scope(|scope| {
        scope.spawn(|| run(&mut Builder::new_current_thread(), 0));
        scope.spawn(|| run(&mut Builder::new_current_thread(), 1_000));
        scope.spawn(|| run(Builder::new_multi_thread().worker_threads(2), 2_000));
        // Runtimes that end with callers on them.
        scope.spawn(|| {
            for _ in 0..100 {
                let runtime = Builder::new_current_thread().enable_all().build().unwrap();
                for number in 0..5 {
                    let backend = Arc::clone(backend);
                    runtime.spawn(async move { Shop { backend: &*backend, stays }.get(number).await });
                }
                runtime.block_on(yield_now());
            }
        });
        scope.spawn(|| (0..2_000).for_each(|number| block_on(shop.get(number))));
    });
}

/// A handler on `server`, with a value under each key.
fn stocked(server: &Server) -> Arc<dyn Backend> {
    let backend = server.backend();
    for number in 0..8_u64 {
        let text = number.to_string();
        let value = Stored::Bytes(text.as_bytes().to_vec());
        let key = Key::direct(&text);
        assert!(block_on(backend.put(Slot::Entry(&key), Some(value), Life::FOREVER, When::Always)).unwrap());
    }
    backend
}

#[test]
fn callers_that_leave_block_or_end_with_their_runtime_keep_no_other_waiting() {
    let server = Server::start();
    crowd(&stocked(&server), true, FEW);
}

#[test]
fn of_many_callers_none_waits_for_a_batch_that_others_do_not_make() {
    let server = Server::start();
    crowd(&stocked(&server), true, MANY);
}

/// Says that it is over, also when a test fails.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn nobody_is_left_waiting_where_the_connection_ends_again_and_again() {
    let server = Server::start();
    let backend = stocked(&server);
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut raw = server.raw();
            while !is_over.load(Ordering::SeqCst) {
                redis::cmd("CLIENT").arg(&["KILL", "TYPE", "normal", "SKIPME", "yes"]).exec(&mut raw).unwrap();
                std::thread::park_timeout(Duration::from_millis(20));
            }
        });
        let _over = Over(&is_over);
        crowd(&backend, false, FEW);
        crowd(&backend, false, MANY);
    });
}
