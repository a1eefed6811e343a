//! Losing the connection and the server, and coming back.

use std::future::Future as _;
use std::task::{Context, Waker};
use std::time::Duration;

use cache_backends::Redis;
use cache_core::key::Key;
use cache_core::{Backend, Clock, EpochName, Life, Look, Slot, Stored, When, block_on};

use crate::proxy::Proxy;
use crate::server::{Server, eventually, open};

fn look(backend: &dyn Backend) -> Result<Look, cache_core::BackendError> {
    block_on(backend.look(&Key::direct("a"), &[EpochName::HANDLER]))
}

#[test]
fn epochs_are_not_trusted_after_the_connection_was_lost() {
    let server = Server::start();
    let backend = server.backend();
    let names = [EpochName::HANDLER];
    for _ in 0..5 {
        eventually("the handler works", || look(&*backend).is_ok());
        let before = block_on(backend.epochs(&names, Life::FOREVER)).unwrap()[0];
        drop(look(&*backend));
        let mut raw = server.raw();
        // The message about the second command can reach nobody.
        redis::pipe()
            .cmd("CLIENT")
            .arg(&["KILL", "TYPE", "normal", "SKIPME", "yes"])
            .cmd("SET")
            .arg("cache:e:*")
            .arg(&b"0123456789abcdef"[..])
            .exec(&mut raw)
            .unwrap();
        eventually("the handler works again", || match look(&*backend) {
            Ok(look) => {
                assert_ne!(look.epochs, [Some(before)], "an epoch from before the loss is trusted after it");
                true
            }
            Err(_) => false,
        });
        block_on(backend.renew(&names)).unwrap();
    }
    eventually("a hit is one GET again", || {
        let before = server.calls("mget");
        drop(look(&*backend));
        server.calls("mget") == before
    });
}

#[test]
fn no_caller_waits_on_a_connection_that_is_gone() {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    const HANDLERS: usize = 24;

    let server = Server::start();
    let backends: Vec<_> = (0..HANDLERS).map(|_| server.backend()).collect();
    struct Over<'a>(&'a AtomicBool);
    impl Drop for Over<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }

    let (over, gone) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        // Also when this thread fails, or the others would go on.
        let is_over = Over(&over);
        for backend in backends.iter().chain(&backends) {
            scope.spawn(|| {
                while !over.load(Ordering::SeqCst) {
                    drop(look(&**backend));
                }
                gone.fetch_add(1, Ordering::SeqCst);
            });
        }
        let mut raw = server.raw();
        for _ in 0..6 {
            redis::cmd("CLIENT").arg(&["KILL", "TYPE", "normal", "SKIPME", "yes"]).exec(&mut raw).unwrap();
            eventually("the handlers work again", || Server::clients(&mut raw) > HANDLERS);
        }
        drop(is_over);
        eventually("every call ends", || gone.load(Ordering::SeqCst) == 2 * HANDLERS);
    });
}

#[test]
fn while_the_server_is_away_calls_fail_at_once_and_it_comes_back_by_itself() {
    let mut server = Server::start();
    let backend = server.backend();
    assert!(look(&*backend).is_ok());
    server.stop();
    eventually("the loss is noticed", || {
        look(&*backend).is_err_and(|error| error.to_string().contains("in the background"))
    });
    let clock = Clock::system();
    let start = clock.now();
    for _ in 0..100 {
        let error = look(&*backend).unwrap_err().to_string();
        let expected = format!("redis at 127.0.0.1:{}/0: look failed", server.port);
        assert!(error.contains(&expected) && error.contains("in the background"), "{error}");
    }
    assert!(clock.now() - start < 500, "100 calls took {} ms", clock.now() - start);
    server.start_again();
    eventually("the handler works again", || look(&*backend).is_ok());
    let value = Some(Stored::Bytes(b"value".to_vec()));
    assert!(block_on(backend.put(Slot::Entry(&Key::direct("a")), value, Life::FOREVER, When::Always)).unwrap());
}

/// What they would ask further of a server that is connected to again is no use to them.
#[test]
fn a_call_that_is_under_way_when_the_connection_ends_fails_at_once() {
    let server = Server::start();
    let proxy = Proxy::to(server.port);
    let backend = open(Redis::builder().host("127.0.0.1").port(proxy.port).timeout(Duration::from_secs(5)));
    eventually("the handler works", || look(&*backend).is_ok());
    let clock = Clock::system();
    let start = clock.now();
    // One that has lasted for less counts as none.
    eventually("the connection is steady", || clock.now() - start > 1_100 && look(&*backend).is_ok());
    block_on(backend.epochs(&[EpochName::HANDLER], Life::FOREVER)).unwrap();
    assert!(look(&*backend).is_ok());
    proxy.cut(true);
    let (key, watch) = (Key::direct("a"), [EpochName::HANDLER]);
    let mut under_way = Box::pin(backend.look(&key, &watch));
    assert!(under_way.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    let start = clock.now();
    // From now on nothing answers, also where a connection is made.
    proxy.say(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    let error = block_on(under_way).unwrap_err().to_string();
    let took = clock.now() - start;
    assert!(took < 1_000, "it took {took} ms to fail: {error}");
    assert!(error.contains("does not speak the protocol"), "{error}");
}

#[test]
fn a_server_that_hangs_fails_calls_in_time_and_comes_back() {
    let server = Server::start();
    let backend = open(server.builder().timeout(Duration::from_millis(200)));
    assert!(look(&*backend).is_ok());
    server.signal("-STOP");
    let clock = Clock::system();
    let start = clock.now();
    let error = look(&*backend).unwrap_err().to_string();
    let took = clock.now() - start;
    assert!((150..1_000).contains(&took), "it took {took} ms to fail: {error}");
    assert!(error.contains("the server answered nothing for 200ms"), "{error}");
    eventually("calls fail at once", || {
        let start = clock.now();
        look(&*backend).is_err() && clock.now() - start < 20
    });
    server.signal("-CONT");
    eventually("the handler works again", || look(&*backend).is_ok());
}

#[test]
fn a_caller_that_leaves_disturbs_nobody() {
    use std::future::Future as _;
    use std::task::{Context, Waker};

    let server = Server::start();
    let backend = server.backend();
    assert!(look(&*backend).is_ok());
    for _ in 0..100 {
        let key = Key::direct("a");
        let watch = [EpochName::HANDLER];
        let mut reply = Box::pin(backend.look(&key, &watch));
        let _ = reply.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        drop(reply);
        assert!(look(&*backend).is_ok());
    }
}

#[test]
fn a_server_that_hangs_is_noticed_also_by_callers_who_leave_before_its_timeout() {
    use std::future::Future as _;
    use std::task::{Context, Poll, Waker};

    let server = Server::start();
    let backend = open(server.builder().timeout(Duration::from_millis(200)));
    assert!(look(&*backend).is_ok());
    server.signal("-STOP");
    let (key, watch) = (Key::direct("a"), [EpochName::HANDLER]);
    eventually("calls fail at once", || {
        let mut reply = Box::pin(backend.look(&key, &watch));
        matches!(reply.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(Err(_)))
    });
    server.signal("-CONT");
    eventually("the handler works again", || look(&*backend).is_ok());
}

#[test]
fn a_sweep_does_not_keep_the_connection_of_a_handler_that_is_dropped() {
    let server = Server::start();
    let mut raw = server.raw();
    let mut clients = || Server::clients(&mut raw);
    let before = clients();
    let backend = open(server.builder().timeout(Duration::from_secs(60)));
    let value = Some(Stored::Bytes(b"value".to_vec()));
    assert!(block_on(backend.put(Slot::Entry(&Key::direct("a")), value, Life::FOREVER, When::Always)).unwrap());
    redis::cmd("CLIENT").arg("PAUSE").arg(60_000).arg("WRITE").exec(&mut server.raw()).unwrap();
    block_on(backend.reclaim()).unwrap();
    drop(backend);
    eventually("its connection is closed", || clients() == before);
}

#[test]
fn a_handler_that_is_dropped_closes_its_connection() {
    let server = Server::start();
    let mut raw = server.raw();
    let mut clients = || Server::clients(&mut raw);
    let before = clients();
    let backend = server.backend();
    assert!(look(&*backend).is_ok());
    assert_eq!(clients(), before + 1);
    drop(backend);
    eventually("its connection is closed", || clients() == before);
}
