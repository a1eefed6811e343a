//! A process that is stopped and goes on later (`SIGSTOP`, `SIGCONT`): nothing is served late, by no thread, not even by one
//! that was in the middle of a hit.
#![allow(unsafe_code)]

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use larder::{Clock, Ram, cached};

use crate::install;

/// How long an entry lives, in milliseconds.
const LIFE: u64 = 400;

/// What may lie between the clock that a run reads and its end, on a busy machine, in milliseconds.
const TOLERANCE: u64 = 20;

/// When the run of an entry ended, by the real clock.
#[cached(ttl = "400ms")]
fn moment(key: u64) -> u64 {
    Clock::system().now() + key - key
}

/// Calls all the while, and gives by how many milliseconds an entry was served late at most. Between two looks at the clock
/// there is a call: what it gives was fresh at some moment since the first look, or it was served late.
fn latest(until: u64) -> u64 {
    let clock = Clock::system();
    let mut latest = 0;
    loop {
        let before = clock.now();
        let ended = moment(1);
        latest = latest.max(before.saturating_sub(ended + LIFE + TOLERANCE));
        if before > until {
            return latest;
        }
    }
}

/// What a child does: two threads call, for as long as it is told.
fn call_for(millis: u64) -> ! {
    let until = Clock::system().now() + millis;
    let late = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| late.fetch_max(latest(until), SeqCst));
        }
    });
    // SAFETY: it ends the process, and gives nothing back.
    unsafe { libc::_exit(i32::from(late.load(SeqCst) > 0)) }
}

#[test]
fn nothing_is_served_late_after_a_stop() {
    install(Ram::builder());
    // SAFETY: the child has one thread, calls cached functions, and leaves by `_exit`.
    let child = unsafe { libc::fork() };
    if child == 0 {
        call_for(2_500);
    }
    let send = |signal, millis| {
        // SAFETY: it touches no memory, and the child was not waited for yet.
        unsafe { libc::kill(child, signal) };
        std::thread::park_timeout(Duration::from_millis(millis));
    };
    send(0, 150);
    // Three stops that are longer than an entry lives, each at another moment of one's life.
    for lived in [100, 170, 240] {
        send(libc::SIGSTOP, LIFE + 50);
        send(libc::SIGCONT, lived);
    }
    let mut status = 0;
    // SAFETY: `status` is there for it to be written to, and the child is this process's.
    assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
    assert_eq!(status, 0, "an entry was served late");
}
