//! Values are dropped when their entries go, and not behind a lock.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use larder::{Ram, cached};

use crate::support::{Counted, alive};
use crate::{eventually, install};

#[cached]
fn counted(n: u64) -> Counted {
    Counted::new(n)
}

#[cached(ttl = "30ms")]
fn soon_over(n: u64) -> Counted {
    Counted::new(n)
}

#[test]
fn what_is_removed_is_dropped_at_once() {
    install(Ram::builder());
    drop(counted(1));
    assert_eq!(alive(), 1);
    counted::invalidate(1).unwrap();
    assert_eq!(alive(), 0);
    drop((counted(1), counted(2)));
    drop(counted::refresh(1));
    assert_eq!(alive(), 2);
    larder::cache().blocking().clear().unwrap();
    assert_eq!(alive(), 0);
}

#[test]
fn what_is_evicted_is_dropped_soon() {
    install(Ram::builder().threshold(10));
    for n in 0..1_000 {
        drop(counted(n));
    }
    eventually("no more values than entries", || alive() <= 10);
}

#[test]
fn what_expires_is_dropped_without_being_asked_for() {
    install(Ram::builder());
    for n in 0..100 {
        drop(soon_over(n));
    }
    assert_eq!(alive(), 100);
    eventually("nothing is left", || alive() == 0);
}

#[test]
fn what_a_cleared_function_stored_is_dropped_without_being_asked_for() {
    install(Ram::builder());
    for n in 0..100 {
        drop(counted(n));
    }
    counted::clear().unwrap();
    eventually("nothing is left", || alive() == 0);
}

static CALLS: AtomicU64 = AtomicU64::new(0);

/// Calls cached functions when it is copied and when it is dropped.
#[derive(Debug)]
struct Calling;

impl Clone for Calling {
    fn clone(&self) -> Self {
        drop(counted(CALLS.fetch_add(1, SeqCst) % 50));
        Self
    }
}

impl Drop for Calling {
    fn drop(&mut self) {
        drop(counted(CALLS.fetch_add(1, SeqCst) % 50));
    }
}

#[cached(ttl = "20ms")]
fn calling(n: u64) -> Calling {
    let _ = n;
    Calling
}

#[test]
fn copying_and_dropping_a_value_may_call_cached_functions() {
    install(Ram::builder().threshold(20));
    std::thread::scope(|scope| {
        for thread in 0..3 {
            scope.spawn(move || (0..2_000).for_each(|n| drop(calling((n + thread) % 30))));
        }
    });
    std::thread::park_timeout(Duration::from_millis(50));
    drop(calling(1));
}

/// Panics when it is copied or dropped, in turns.
#[derive(Debug)]
struct Panicking(u64);

impl Clone for Panicking {
    fn clone(&self) -> Self {
        assert!(!CALLS.fetch_add(1, SeqCst).is_multiple_of(3), "a copy that panics");
        Self(self.0)
    }
}

impl Drop for Panicking {
    fn drop(&mut self) {
        assert!(std::thread::panicking() || !CALLS.fetch_add(1, SeqCst).is_multiple_of(5), "a drop that panics");
    }
}

#[cached]
fn panicking(n: u64) -> Panicking {
    Panicking(n)
}

#[test]
fn the_store_is_usable_after_a_value_panicked() {
    install(Ram::builder().threshold(10));
    std::panic::set_hook(Box::new(|_| ()));
    for n in 0..2_000 {
        let _ = std::panic::catch_unwind(|| drop(panicking(n % 25)));
    }
    let _ = std::panic::take_hook();
    for n in 0..100 {
        assert_eq!(counted(n).0, n);
    }
    assert_eq!(counted::stats().runs, 100);
}
