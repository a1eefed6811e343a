//! Entries that are over make room without being asked for, whatever they are, wherever they lie.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Condvar, Mutex};
use std::time::Duration;

use futures::executor::block_on;
use larder::{Clock, Ram, cached};

use crate::eventually;
use crate::support::{Counted, alive, ends, entries, install_shown};

#[cached(ttl = "50ms")]
fn number(n: u64) -> Counted {
    Counted::new(n)
}

#[cached(ttl = "40ms")]
fn text(text: &str) -> Counted {
    Counted::new(text.len() as u64)
}

#[cached(ttl = "30ms", tags = ["tagged:{n}"])]
fn tagged(n: u64) -> Counted {
    Counted::new(n)
}

#[cached(ttl = "20ms")]
async fn later(n: u64) -> Option<Counted> {
    Some(Counted::new(n))
}

#[cached]
fn long_lived(n: u64) -> Counted {
    Counted::new(n)
}

fn store_all(count: u64) {
    for n in 0..count {
        drop((number(n), text(&format!("a key of some length, number {n}")), tagged(n), block_on(later(n))));
        drop(long_lived(n % 10));
    }
}

fn all_that_is_over_is_reclaimed(threshold: usize) {
    install_shown(Ram::builder().threshold(threshold));
    for _ in 0..2 {
        store_all(200);
        // Nobody calls any more.
        eventually("those are left that are not over", || entries() == 10 && alive() == 10);
    }
    let runs = long_lived::stats().runs;
    (0..10).for_each(|n| assert_eq!(long_lived(n).0, n));
    assert_eq!(long_lived::stats().runs, runs);
}

#[test]
fn all_that_is_over_is_reclaimed_in_one_shard() {
    all_that_is_over_is_reclaimed(1_020);
}

#[test]
fn all_that_is_over_is_reclaimed_in_many_shards() {
    all_that_is_over_is_reclaimed(100_000);
}

#[test]
fn what_was_read_by_a_slow_copy_while_it_was_removed_is_reclaimed() {
    install_shown(Ram::builder());
    ends(|| {
        drop(slow(1));
        SLOW.store(true, SeqCst);
        let reader = std::thread::spawn(|| drop(slow(1)));
        eventually("the copy is being made", || GATE.is_reached());
        slow::invalidate(1).unwrap();
        // By then the thread that tidies sleeps: nobody has called, and nothing expires.
        std::thread::park_timeout(Duration::from_millis(300));
        GATE.open();
        reader.join().unwrap();
    });
    eventually("nothing is left", || alive() == 0);
}

/// Where code of a test waits until it is let on.
struct Gate(Mutex<(bool, bool)>, Condvar);

impl Gate {
    const fn new() -> Self {
        Self(Mutex::new((false, false)), Condvar::new())
    }

    fn pass(&self) {
        let mut state = self.0.lock().unwrap();
        state.0 = true;
        drop(self.1.wait_while(state, |state| !state.1).unwrap());
    }

    fn is_reached(&self) -> bool {
        self.0.lock().unwrap().0
    }

    fn open(&self) {
        self.0.lock().unwrap().1 = true;
        self.1.notify_all();
    }
}

static GATE: Gate = Gate::new();
static SLOW: AtomicBool = AtomicBool::new(false);

/// A value whose copy takes its time, while that is switched on.
#[derive(Debug)]
struct SlowCopy(Counted);

impl Clone for SlowCopy {
    fn clone(&self) -> Self {
        if SLOW.load(SeqCst) {
            GATE.pass();
        }
        Self(self.0.clone())
    }
}

#[cached]
fn slow(n: u64) -> SlowCopy {
    SlowCopy(Counted::new(n))
}

/// A value whose drop takes its time.
#[derive(Clone, Debug)]
struct SlowDrop;

impl Drop for SlowDrop {
    fn drop(&mut self) {
        if SLOW.load(SeqCst) {
            GATE.pass();
        }
    }
}

#[cached(ttl = "20ms")]
fn slow_to_drop(n: u64) -> SlowDrop {
    let _ = n;
    SlowDrop
}

#[cached(ttl = "100ms")]
fn stored_at(n: u64) -> u64 {
    let _ = n;
    Clock::system().now()
}

#[test]
fn nothing_is_served_late_while_the_drop_of_what_is_over_takes_its_time() {
    install_shown(Ram::builder());
    let clock = Clock::system();
    drop(slow_to_drop(1));
    SLOW.store(true, SeqCst);
    // Calls go on, so the time is being written all along.
    eventually("it is being dropped", || {
        stored_at(1);
        GATE.is_reached()
    });
    let (start, mut late) = (clock.now(), 0);
    while clock.now() - start < 800 {
        let asked = clock.now();
        late = late.max(asked.saturating_sub(stored_at(1)));
    }
    GATE.open();
    // A thread may be stopped between its run and the storing of it.
    assert!(late < 100 + 300, "served {late} ms after it was stored");
}
