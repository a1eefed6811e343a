//! Many callers over one connection: room, order, and who wakes whom.

use std::future::{Future as _, poll_fn};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use cache_backends::Redis;
use cache_core::key::Key;
use cache_core::{Backend, Clock, EpochName, Life, Slot, Stored, When, block_on};
use tokio::runtime::Builder;

use crate::proxy::Proxy;
use crate::server::{Server, eventually, open};

async fn put(backend: &dyn Backend, text: &str, value: &[u8]) -> bool {
    let value = Some(Stored::Bytes(value.to_vec()));
    backend.put(Slot::Entry(&Key::direct(text)), value, Life::FOREVER, When::Always).await.unwrap()
}

async fn get(backend: &dyn Backend, text: &str) -> Option<Vec<u8>> {
    let look = backend.look(&Key::direct(text), &[EpochName::HANDLER]).await.ok()?;
    Some(look.stored?.as_bytes()?.to_vec())
}

#[test]
fn callers_wait_while_the_server_takes_nothing_and_all_go_on_when_it_does() {
    let server = Server::start();
    let backend = open(server.builder().timeout(Duration::from_secs(10)));
    assert!(block_on(put(&*backend, "first", b"value")));
    server.signal("-STOP");
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        // More than the connection and the queue before it take.
        let puts = (0..100_u8).map(|index| {
            let backend = Arc::clone(&backend);
            tokio::spawn(async move {
                assert!(put(&*backend, &format!("{index}"), &vec![index; 200_000]).await);
                assert_eq!(get(&*backend, &format!("{index}")).await, Some(vec![index; 200_000]));
            })
        });
        let puts: Vec<_> = puts.collect();
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(!puts.iter().any(tokio::task::JoinHandle::is_finished));
        server.signal("-CONT");
        for put in puts {
            put.await.unwrap();
        }
    });
}

/// The first of those that wait for their turn to write is to write for all, and may do something else, or nothing at all.
#[test]
fn a_caller_that_is_to_write_for_others_and_does_not_go_on_keeps_none_of_them_waiting() {
    const CALLERS: usize = 20;
    let server = Server::start();
    let backend = server.backend();
    assert!(block_on(put(&*backend, "a", b"value")));
    assert!(block_on(get(&*backend, "a")).is_some());
    let (woken, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    server.signal("-STOP");
    runtime.block_on(async {
        for _ in 0..CALLERS {
            let (backend, woken, done) = (Arc::clone(&backend), Arc::clone(&woken), Arc::clone(&done));
            tokio::spawn(async move {
                let mut get = Box::pin(get(&*backend, "a"));
                let mut begun = false;
                poll_fn(|context| {
                    if begun && woken.fetch_add(1, Ordering::SeqCst) == 0 {
                        // The first that is woken holds on to its call.
                        begun = false;
                        return Poll::Pending;
                    }
                    if !begun && woken.load(Ordering::SeqCst) > 0 {
                        return Poll::Pending;
                    }
                    begun = true;
                    get.as_mut().poll(context).map(|value| assert!(value.is_some()))
                })
                .await;
                done.fetch_add(1, Ordering::SeqCst);
            });
        }
        tokio::task::yield_now().await;
        server.signal("-CONT");
        for _ in 0..2_000 {
            if done.load(Ordering::SeqCst) == CALLERS - 1 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        panic!("{} of {CALLERS} went on", done.load(Ordering::SeqCst));
    });
}

#[test]
fn a_reply_that_nobody_asked_for_ends_the_connection_and_is_nobodys_value() {
    let server = Server::start();
    let proxy = Proxy::to(server.port);
    let backend = open(Redis::builder().host("127.0.0.1").port(proxy.port).timeout(Duration::from_secs(5)));
    eventually("the handler works", || block_on(get(&*backend, "a")).is_none());
    assert!(block_on(put(&*backend, "a", b"right")));
    let connected = || -> Vec<String> {
        let clients: String = redis::cmd("CLIENT").arg("LIST").query(&mut server.raw()).unwrap();
        let ids = clients.lines().filter(|line| line.contains("resp=3"));
        ids.map(|line| line.split(' ').next().unwrap().to_owned()).collect()
    };
    for strange in ["$5\r\nwrong\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", "*1\r\n$5\r\nwrong\r\n"] {
        let before = connected();
        proxy.say(strange.as_bytes());
        eventually("it is another connection", || connected() != before && !connected().is_empty());
        eventually("the handler works again", || block_on(get(&*backend, "a")).as_deref() == Some(b"right"));
    }
    // What the reply to the next request would be a part of.
    proxy.say(b"$5\r\nwrong");
    eventually("the handler works again", || match block_on(get(&*backend, "a")) {
        Some(value) => {
            assert_eq!(value, b"right");
            true
        }
        None => false,
    });
}

/// A waker is the code of whatever executor it is of.
#[test]
fn a_waker_that_panics_is_nobody_elses_trouble() {
    struct Panics;
    impl Wake for Panics {
        fn wake(self: Arc<Self>) {
            panic!("on purpose");
        }
    }

    let server = Server::start();
    let backend = server.backend();
    assert!(block_on(put(&*backend, "a", b"value")));
    assert!(block_on(get(&*backend, "a")).is_some());
    server.signal("-STOP");
    let mut bad = Box::pin(get(&*backend, "a"));
    let polled = bad.as_mut().poll(&mut Context::from_waker(&Waker::from(Arc::new(Panics))));
    assert!(polled.is_pending());
    let other = std::thread::spawn({
        let backend = Arc::clone(&backend);
        move || block_on(get(&*backend, "a"))
    });
    std::thread::park_timeout(Duration::from_millis(20));
    server.signal("-CONT");
    eventually("the other has its reply", || other.is_finished());
    assert!(other.join().unwrap().is_some());
    assert!(block_on(get(&*backend, "a")).is_some());
}

#[test]
fn a_large_value_may_take_longer_than_the_timeout_as_long_as_it_comes() {
    let server = Server::start();
    let proxy = Proxy::to(server.port);
    let backend = open(Redis::builder().host("127.0.0.1").port(proxy.port).timeout(Duration::from_millis(1_500)));
    let value = vec![b'x'; 48 << 20];
    eventually("the handler works", || block_on(get(&*backend, "a")).is_none());
    proxy.slow_down();
    let clock = Clock::system();
    let began = clock.now();
    assert!(block_on(put(&*backend, "a", &value)));
    let written = clock.now();
    assert!(block_on(get(&*backend, "a")).as_ref() == Some(&value));
    let took = [written - began, clock.now() - written];
    assert!(took.iter().all(|took| *took > 2_000), "it took {took:?} ms, which shows nothing");
}

/// As a stream of calls does, whose reader works on the first of them.
#[test]
fn a_caller_that_leaves_its_reply_where_it_is_keeps_no_other_from_its_own() {
    let server = Server::start();
    let backend = server.backend();
    assert!(block_on(put(&*backend, "a", b"value")));
    assert!(block_on(get(&*backend, "a")).is_some());
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    server.signal("-STOP");
    let values = runtime.block_on(beside_one_that_leaves(&backend, || server.signal("-CONT")));
    assert_eq!(values, [Some(b"value".to_vec()), Some(b"value".to_vec())]);
}

#[test]
fn a_caller_that_leaves_its_reply_where_it_is_keeps_no_other_waiting_when_the_connection_ends() {
    let server = Server::start();
    let proxy = Proxy::to(server.port);
    let backend = open(Redis::builder().host("127.0.0.1").port(proxy.port).timeout(Duration::from_secs(2)));
    assert!(block_on(put(&*backend, "a", b"value")));
    assert!(block_on(get(&*backend, "a")).is_some());
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    server.signal("-STOP");
    // What they come to is not the point: epochs count no more, and nothing answers.
    runtime.block_on(beside_one_that_leaves(&backend, || proxy.say(b"$5\r\nvalue\r\n$5\r\nvalue\r\nHTTP/1.1\r\n")));
}

/// Has two callers get `a`, of which the later one is woken by its reply and does not take it, and `answer` answer both at
/// once. Gives what they get, the later one when the other has it.
async fn beside_one_that_leaves(backend: &Arc<dyn Backend>, answer: impl FnOnce()) -> [Option<Vec<u8>>; 2] {
    let shared = Arc::clone(backend);
    let goes_on = tokio::spawn(async move { get(&*shared, "a").await });
    tokio::task::yield_now().await;
    let mut leaves = Box::pin(get(&**backend, "a"));
    let begun = poll_fn(|context| Poll::Ready(leaves.as_mut().poll(context))).await;
    assert!(begun.is_pending());
    // Until both are written.
    tokio::time::sleep(Duration::from_millis(20)).await;
    answer();
    let value = tokio::time::timeout(Duration::from_secs(8), goes_on).await.expect("it waits for the other").unwrap();
    [value, leaves.await]
}

#[test]
fn values_of_all_lengths_come_back_whole_to_many_callers_at_once() {
    const LENGTHS: [usize; 10] = [0, 1, 63, 64, 65, 1_023, 1_024, 1_025, 5_000, 70_000];
    let server = Server::start();
    let backend = server.backend();
    let value = |number: usize| vec![number as u8; LENGTHS[number % LENGTHS.len()]];
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        for number in 0..40 {
            assert!(put(&*backend, &number.to_string(), &value(number)).await);
        }
        let tasks: Vec<_> = (0..64)
            .map(|task| {
                let backend = Arc::clone(&backend);
                tokio::spawn(async move {
                    for number in (0..400).map(|call| (call * 7 + task) % 44) {
                        let expected = (number < 40).then(|| value(number));
                        assert_eq!(get(&*backend, &number.to_string()).await, expected);
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}
