//! Who waits for whom, so that nobody waits for themselves.
//!
//! Each thread knows the flights whose runs it is inside of right now (for async code: while it polls them). A caller
//! that would wait for a flight first asks whether that flight, directly or through others, waits for one of those; if
//! so the wait would never end, and the caller runs for itself instead. Only callers inside a run pay for the question.
//!
//! A run that spawns a task and joins it is invisible here: such a circle ends by the flight's deadline.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::sync::Mutex;

use crate::fork::InProcess;
use crate::sync::{lock_std, thread_local};

thread_local! {
    /// The flights whose runs this thread is inside of, outermost first.
    static INSIDE: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// For each flight, those that its run waits for; more than one where a run joins several calls.
static WAITS: InProcess<Mutex<BTreeMap<u64, Vec<u64>>>> = InProcess::of_first(Mutex::new(BTreeMap::new()));

/// While it lives, this thread is inside the run of a flight.
#[derive(Debug)]
pub struct Inside(());

impl Inside {
    pub(crate) fn of(flight: u64) -> Self {
        // The thread may be ending, its locals gone: then its runs are not known, and a circle ends by the deadline.
        let _ = INSIDE.try_with(|inside| inside.borrow_mut().push(flight));
        Self(())
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        let _ = INSIDE.try_with(|inside| inside.borrow_mut().pop());
    }
}

/// While it lives, the runs around the caller wait for a flight.
#[derive(Debug)]
pub(crate) struct Waiting {
    who: Vec<u64>,
    whom: u64,
}

impl Waiting {
    /// The caller is about to wait for the flight `whom`; `None` if that would close a circle.
    pub(crate) fn on(whom: u64) -> Option<Self> {
        let who = INSIDE.try_with(|inside| inside.borrow().clone()).unwrap_or_default();
        if who.is_empty() {
            return Some(Self { who, whom });
        }
        // One lock over question and answer: of two callers that would close a circle together, one sees the other.
        let mut waits = lock_std(WAITS.here());
        if reaches(&waits, whom, &who) {
            return None;
        }
        for flight in &who {
            waits.entry(*flight).or_default().push(whom);
        }
        Some(Self { who, whom })
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if self.who.is_empty() {
            return;
        }
        let mut waits = lock_std(WAITS.here());
        for flight in &self.who {
            if let Some(awaited) = waits.get_mut(flight) {
                if let Some(at) = awaited.iter().position(|awaited| *awaited == self.whom) {
                    awaited.swap_remove(at);
                }
                if awaited.is_empty() {
                    waits.remove(flight);
                }
            }
        }
    }
}

/// Whether `from` is one of `targets`, or waits for one, directly or through others.
fn reaches(waits: &BTreeMap<u64, Vec<u64>>, from: u64, targets: &[u64]) -> bool {
    let mut seen = HashSet::new();
    let mut open = vec![from];
    while let Some(flight) = open.pop() {
        if targets.contains(&flight) {
            return true;
        }
        if seen.insert(flight) {
            open.extend(waits.get(&flight).into_iter().flatten());
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_for_a_run_one_is_inside_of_is_refused() {
        let _inside = Inside::of(1_000_001);
        assert!(Waiting::on(1_000_001).is_none());
        assert!(Waiting::on(1_000_002).is_some());
    }

    #[test]
    fn a_circle_over_several_threads_is_refused() {
        let _inside = Inside::of(2_000_001);
        let waits_for_two = Waiting::on(2_000_002).unwrap();
        let refused = std::thread::spawn(|| {
            let _inside = Inside::of(2_000_002);
            Waiting::on(2_000_001).is_none()
        });
        assert!(refused.join().unwrap());
        drop(waits_for_two);
        let _inside = Inside::of(2_000_002);
        assert!(Waiting::on(2_000_003).is_some());
    }
}
