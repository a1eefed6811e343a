//! The right to run among all processes, of callers who leave.

use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use cache_core::block_on;
use cache_core::key::Key;

use crate::server::{Server, eventually};

/// A lock that nobody knows of lasts for a second, and callers of all processes wait for it.
#[test]
fn who_leaves_before_the_answer_is_here_gives_back_the_lock_that_it_may_have() {
    let server = Server::start();
    let backend = server.backend();
    let key = Key::direct("a");
    let seen = block_on(backend.look(&key, &[])).unwrap().seen();
    // Sends the script as a whole, which the server knows by its digest from now on.
    drop(block_on(backend.lead(&key, &seen, Duration::from_secs(10))).unwrap());
    let there_is_none = || {
        let locks: i64 = redis::cmd("EXISTS").arg("cache:l:{cache:k:a}").query(&mut server.raw()).unwrap();
        locks == 0
    };
    eventually("the first lock is given back", there_is_none);
    let before = evals(&server);
    server.signal("-STOP");
    {
        let mut lead = pin!(backend.lead(&key, &seen, Duration::from_secs(10)));
        assert!(lead.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    server.signal("-CONT");
    eventually("a lock is given back", || evals(&server) == before + 1);
    assert!(there_is_none());
}

/// How often the server was sent a script as a whole: locks are given back so.
fn evals(server: &Server) -> u64 {
    let said = server.says("commandstats");
    let line = said.lines().find_map(|line| line.strip_prefix("cmdstat_eval:calls="));
    line.and_then(|line| line.split(',').next()?.parse().ok()).unwrap_or(0)
}
