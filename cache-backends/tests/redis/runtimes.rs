//! One handler for sync callers, callers of any runtime, and a runtime each.

use std::future::{Future as _, poll_fn};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use cache_core::key::Key;
use cache_core::{Backend, Cache, Clock, EpochName, Life, Slot, Stored, When, block_on};
use tokio::task::coop::poll_proceed;

use crate::server::Server;

async fn round(backend: &dyn Backend, text: &str) {
    let key = Key::direct(text);
    let value = Stored::Bytes(text.as_bytes().to_vec());
    assert!(backend.put(Slot::Entry(&key), Some(value), Life::FOREVER, When::Always).await.unwrap());
    let look = backend.look(&key, &[EpochName::HANDLER]).await.unwrap();
    assert_eq!(look.stored.as_ref().and_then(Stored::as_bytes), Some(text.as_bytes()));
}

#[test]
fn a_runtime_for_each_test_shares_one_handler() {
    let server = Server::start();
    let backend = server.backend();
    for index in 0..5 {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(round(&*backend, &format!("current {index}")));
        drop(runtime);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        let shared = Arc::clone(&backend);
        runtime.block_on(async {
            runtime.spawn(async move { round(&*shared, &format!("multi {index}")).await }).await.unwrap();
        });
    }
    let clients: String = redis::cmd("CLIENT").arg("LIST").query(&mut server.raw()).unwrap();
    let handlers = clients.lines().filter(|line| line.contains("resp=3")).count();
    assert_eq!(handlers, 1, "{clients}");
}

#[test]
fn sync_callers_work_outside_and_inside_a_runtime() {
    let server = Server::start();
    let backend = server.backend();
    block_on(round(&*backend, "outside"));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async { block_on(round(&*backend, "inside")) });
    // Also as the very first use.
    let fresh = server.backend();
    runtime.block_on(async { block_on(round(&*fresh, "first")) });
}

/// A sync call keeps its thread, also when its task is over what tokio lets it do in one turn: what it waits for must not be
/// put off to the end of that turn.
#[test]
fn sync_callers_inside_a_runtime_that_wants_its_turn_back_are_answered() {
    let server = Server::start();
    let backend = server.backend();
    block_on(round(&*backend, "a"));
    let fresh = server.backend();
    let (done, answered) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            poll_fn(|context| {
                while let Poll::Ready(turn) = poll_proceed(context) {
                    turn.made_progress();
                }
                Poll::Ready(())
            })
            .await;
            block_on(round(&*backend, "a"));
            block_on(round(&*fresh, "first"));
            block_on(fresh.reclaim()).unwrap();
        });
        done.send(()).unwrap();
    });
    answered.recv_timeout(Duration::from_secs(10)).expect("its answer was put off for ever");
}

#[test]
fn a_handler_can_be_dropped_inside_a_runtime() {
    let server = Server::start();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    for _ in 0..3 {
        runtime.block_on(async {
            let backend = server.backend();
            round(&*backend, "a").await;
            drop(backend);
        });
    }
    let threads = || -> usize {
        let Ok(tasks) = std::fs::read_dir("/proc/self/task") else {
            return 0;
        };
        let names = tasks.flatten().filter_map(|task| std::fs::read_to_string(task.path().join("comm")).ok());
        names.filter(|name| name.trim() == "larder-redis").count()
    };
    let backend = server.backend();
    block_on(round(&*backend, "a"));
    let before = threads();
    drop(backend);
    // Other tests of this process have handlers too; this one's thread ends in any case.
    if before > 0 && cfg!(target_os = "linux") {
        crate::server::eventually("its thread ends", || threads() < before || threads() == 0);
    }
}

#[test]
fn threads_share_one_connection() {
    let server = Server::start();
    let backend = server.backend();
    let count = || -> usize {
        let list: String = redis::cmd("CLIENT").arg("LIST").query(&mut server.raw()).unwrap();
        list.lines().count()
    };
    let before = count();
    std::thread::scope(|scope| {
        for index in 0..8 {
            let backend = &backend;
            scope.spawn(move || {
                for number in 0..50 {
                    block_on(round(&**backend, &format!("{index}:{number}")));
                }
            });
        }
    });
    assert_eq!(count(), before + 1);
}

#[cfg(unix)]
#[test]
fn a_child_of_a_fork_leaves_the_connection_to_its_parent() {
    let server = Server::start();
    let backend = server.backend();
    block_on(round(&*backend, "before"));
    refuse_a_child(&*backend);
    for index in 0..50 {
        block_on(round(&*backend, &format!("after {index}")));
    }
    // Also where others wait for replies, who are not there in the child.
    let (key, watch) = (Key::direct("waits"), [EpochName::HANDLER]);
    let mut waits = Box::pin(backend.look(&key, &watch));
    server.signal("-STOP");
    let polled = waits.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop()));
    assert!(polled.is_pending());
    refuse_a_child(&*backend);
    server.signal("-CONT");
    assert!(block_on(waits).is_ok());
}

/// A task that is about to write for others is so in the child too.
#[cfg(unix)]
#[test]
fn a_child_of_a_fork_writes_nothing_that_its_parent_has_queued() {
    let server = Server::start();
    let backend = server.backend();
    block_on(round(&*backend, "a"));
    let (key, watch, gets) = (Key::direct("a"), [EpochName::HANDLER], server.calls("get"));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    server.signal("-STOP");
    {
        let _entered = runtime.enter();
        let (mut first, mut second) = (Box::pin(backend.look(&key, &watch)), Box::pin(backend.look(&key, &watch)));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(first.as_mut().poll(&mut context).is_pending());
        assert!(second.as_mut().poll(&mut context).is_pending());
        in_a_child(|| {
            let mut polled = std::iter::repeat_with(|| second.as_mut().poll(&mut context)).take(8);
            polled.any(|looked| matches!(looked, Poll::Ready(Err(_))))
        });
        server.signal("-CONT");
        assert!(block_on(first).is_ok() && block_on(second).is_ok());
    }
    assert_eq!(server.calls("get"), gets + 2);
}

/// As the workers of a server are that is set up before it forks: a write that compares must tell theirs apart.
#[cfg(unix)]
#[test]
fn processes_that_were_forked_before_the_first_use_write_equal_values_that_do_not_look_alike() {
    let server = Server::start();
    let cache =
        Cache::builder().clock(Clock::standing()).handler("redis", server.builder()).build().unwrap().blocking();
    let stored = || -> Vec<u8> { redis::cmd("GET").arg("cache:k:a").query(&mut server.raw()).unwrap() };
    in_a_child(|| cache.set("a", 1_u64, 60).is_ok());
    let by_one = stored();
    in_a_child(|| cache.set("a", 1_u64, 60).is_ok());
    let by_another = stored();
    cache.set("a", 1_u64, 60).unwrap();
    let by_parent = stored();
    assert_eq!([by_one.len(), by_another.len()], [by_parent.len(); 2]);
    assert!(by_one != by_another && by_one != by_parent && by_another != by_parent);
}

/// Forks, and looks into the handler in the child.
#[cfg(unix)]
fn refuse_a_child(backend: &dyn Backend) {
    in_a_child(|| {
        let key = Key::direct("before");
        let refused = block_on(backend.look(&key, &[EpochName::HANDLER]));
        refused.is_err_and(|error| error.to_string().contains("forked"))
    });
}

/// Forks, and has `holds` hold in the child.
#[cfg(unix)]
fn in_a_child(holds: impl FnOnce() -> bool) {
    #[allow(unsafe_code, reason = "a fork is what is tested")]
    // SAFETY: the child allocates, which glibc allows after a fork; it ends without running anything else, by a signal if it
    // hangs.
    let child = unsafe { libc::fork() };
    if child == 0 {
        #[allow(unsafe_code, reason = "a fork is what is tested")]
        // SAFETY: it sets a timer of this process.
        unsafe {
            libc::alarm(10);
        }
        let holds = holds();
        #[allow(unsafe_code, reason = "a fork is what is tested")]
        // SAFETY: it ends this process.
        unsafe {
            libc::_exit(i32::from(!holds));
        }
    }
    let mut status = 1;
    #[allow(unsafe_code, reason = "a fork is what is tested")]
    // SAFETY: `status` is there for the result.
    unsafe {
        libc::waitpid(child, &raw mut status, 0);
    }
    assert_eq!(status, 0, "it does not hold in the child, or the child hung");
}
