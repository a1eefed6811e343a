//! The numbers by which two writes of equal values are told apart.
//!
//! The system is asked for a random number once for each handler, since asking it takes as long as a good part of a write.
//! A child of a fork asks anew. Where nobody would tell it that it is one, each write asks: a program may build its cache, fork,
//! and only then use it for the first time.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::epoch::Epoch;
use crate::fork::{self, InProcess};

/// An odd number whose multiples are spread over all others.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// The numbers of a handler.
#[derive(Debug, Default)]
pub(super) struct Nonces(InProcess<Sequence>);

impl Nonces {
    /// The next one.
    pub(super) fn next(&self) -> u64 {
        if fork::are_told() { self.0.here().next() } else { random() }
    }
}

/// A sequence that begins anywhere and comes back to no number before it gave all of them; 0 before it has begun. It begins when
/// it is used, and not when it is made: a fork in between may be one that nobody is told of.
#[derive(Debug, Default)]
struct Sequence(AtomicU64);

impl Sequence {
    /// The next one. (The steps of `splitmix64`: each is undone by another one, so different numbers stay different.)
    fn next(&self) -> u64 {
        if self.0.load(Ordering::Relaxed) == 0 {
            let _ = self.0.compare_exchange(0, random(), Ordering::Relaxed, Ordering::Relaxed);
        }
        let mut number = self.0.fetch_add(STEP, Ordering::Relaxed);
        number = (number ^ number >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        number = (number ^ number >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        number ^ number >> 31
    }
}

/// The low half of an epoch is as random as the whole.
fn random() -> u64 {
    Epoch::random().0 as u64
}
