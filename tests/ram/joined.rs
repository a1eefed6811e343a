//! Whoever comes to a run that nobody waited for ends with it, whatever happens to its key meanwhile.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use larder::{Clock, Ram, cached};

use crate::install;

const ROUNDS: u64 = 50;

/// The last number that is run, that is asked for a second time, and that may end.
static RUN: AtomicU64 = AtomicU64::new(0);
static ASKED: AtomicU64 = AtomicU64::new(0);
static OPEN: AtomicU64 = AtomicU64::new(0);

fn until(reached: &AtomicU64, n: u64) {
    while reached.load(SeqCst) < n {
        std::thread::yield_now();
    }
}

#[cached]
fn slow(n: u64) -> u64 {
    RUN.store(n, SeqCst);
    until(&OPEN, n);
    n * 2
}

#[test]
fn who_waits_for_a_run_that_is_invalidated_ends_with_it() {
    install(Ram::builder());
    // Where there is a value already, the function is settled: its next miss is run without a flight.
    OPEN.store(1, SeqCst);
    assert_eq!(slow(1), 2);
    let clock = Clock::system();
    for n in 2..ROUNDS {
        let start = clock.now();
        std::thread::scope(|scope| {
            scope.spawn(|| assert_eq!(slow(n), n * 2));
            until(&RUN, n);
            scope.spawn(|| {
                ASKED.store(n, SeqCst);
                assert_eq!(slow(n), n * 2);
            });
            until(&ASKED, n);
            // Whether it waits by now is not to be seen from here. Of so many rounds, it does in most.
            (0..1_000).for_each(|_| std::thread::yield_now());
            slow::invalidate(n).unwrap();
            OPEN.store(n, SeqCst);
        });
        assert!(clock.now() - start < 10_000, "somebody waited for the deadline, in round {n}");
    }
}
