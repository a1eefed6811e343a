//! A number that many threads count up, each in a place of its own.
//!
//! One that all of them write is a locked instruction for each hit, and goes from processor to processor with every one. So the
//! first threads that count have places of their own, which nobody else writes; all others share one. (The store in memory has
//! its own, beside what else each of its readers writes with a hit.)

use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use crate::fork::made;

/// How many places there are, and the one that is shared. (In a child of a fork, those of threads that are not there stay taken.)
const PLACES: usize = 32;
const SHARED: usize = 0;

/// The places that threads have, each a bit.
static TAKEN: AtomicU32 = AtomicU32::new(1 << SHARED);

thread_local! {
    /// The place of this thread, when it has counted: to be read without asking whether it is there still, as `OWN` has to be,
    /// which gives the place back.
    static PLACE: Cell<Option<usize>> = const { Cell::new(None) };
    static OWN: Own = Own::taken();
}

/// A place of this thread's own, or the shared one. It is given back when the thread ends.
struct Own(usize);

impl Own {
    fn taken() -> Self {
        let free = |taken: u32| (taken != u32::MAX).then(|| taken | taken.wrapping_add(1));
        // Behind what the thread that had it before has counted there.
        let before = TAKEN.fetch_update(Ordering::AcqRel, Ordering::Acquire, free);
        Self(before.map_or(SHARED, |before| before.trailing_ones() as usize))
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        PLACE.set(Some(SHARED));
        if self.0 != SHARED {
            TAKEN.fetch_and(!(1 << self.0), Ordering::Release);
        }
    }
}

/// The place of this thread, found out.
#[cold]
fn find_place() -> usize {
    let place = OWN.try_with(|own| own.0).unwrap_or(SHARED);
    PLACE.set(Some(place));
    place
}

/// The number.
#[derive(Debug, Default)]
pub(crate) struct Counter(OnceLock<Box<[Place; PLACES]>>);

#[derive(Debug, Default)]
#[repr(align(64))]
struct Place(AtomicU64);

impl Counter {
    fn places(&self) -> &[Place; PLACES] {
        let places: &Box<_> = made(&self.0, Box::default);
        places
    }

    pub(crate) fn add(&self) {
        let place = PLACE.get().unwrap_or_else(find_place);
        let number = &self.places()[place].0;
        if place == SHARED {
            number.fetch_add(1, Ordering::Relaxed);
        } else {
            number.store(number.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
        }
    }

    /// Takes back what was counted before, in whatever place.
    pub(crate) fn subtract(&self) {
        self.places()[SHARED].0.fetch_sub(1, Ordering::Release);
    }

    pub(crate) fn get(&self) -> u64 {
        let Some(places) = self.0.get() else { return 0 };
        // First: what it takes back is seen in the others then.
        let shared = places[SHARED].0.load(Ordering::Acquire);
        let own = places.iter().skip(SHARED + 1).map(|place| place.0.load(Ordering::Relaxed));
        own.fold(shared, u64::wrapping_add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_many_threads_count_at_once_and_one_after_the_other_is_all_there() {
        let counter = Counter::default();
        for _ in 0..5 {
            std::thread::scope(|scope| {
                for _ in 0..2 * PLACES {
                    scope.spawn(|| (0..1_000).for_each(|_| counter.add()));
                }
            });
        }
        counter.subtract();
        assert_eq!(counter.get(), 5 * 2 * PLACES as u64 * 1_000 - 1);
    }
}
