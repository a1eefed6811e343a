//! How long calls take.

use std::time::Duration;

use crate::contender::Contender;
use crate::rounds::now;
use larder_benches::runs::runs;

/// How long a contender is measured in its turn.
const SLICE: Duration = Duration::from_millis(4);

/// Nanoseconds a call of a function that holds all the keys, after one pass that warms up. No call may run the body.
pub fn hit<A: Copy + 'static>(contender: &Contender<A>, keys: &[A]) -> f64 {
    contender.pass(keys);
    slice(contender, keys)
}

/// [`hit`] without the pass before.
pub fn slice<A: Copy + 'static>(contender: &Contender<A>, keys: &[A]) -> f64 {
    let (before, mut calls, start) = (runs(), 0, now());
    let elapsed = loop {
        contender.pass(keys);
        calls += keys.len();
        let elapsed = start.elapsed();
        if elapsed >= SLICE {
            break elapsed;
        }
    };
    assert_eq!(runs(), before, "a hit of {} ran the body", contender.about.title());
    elapsed.as_nanos() as f64 / calls as f64
}
