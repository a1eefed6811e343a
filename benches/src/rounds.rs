//! Turns, clocks and medians.

use std::fmt::{self, Display, Formatter};
use std::time::Instant;

/// What is seen in many rounds: the median, and the quartiles around it.
pub struct Spread {
    pub low: f64,
    pub median: f64,
    pub high: f64,
}

impl Spread {
    pub fn of(seen: impl Iterator<Item = f64>) -> Self {
        let mut seen: Vec<_> = seen.collect();
        seen.sort_by(f64::total_cmp);
        let at = |quarter: usize| seen[(seen.len() - 1) * quarter / 4];
        Self { low: at(1), median: at(2), high: at(3) }
    }
}

impl Display for Spread {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} ({:.2} to {:.2})", self.median, self.low, self.high)
    }
}

/// Whose turn it is first, second, …: another order each time, so that nobody always comes behind the same neighbour.
pub struct Shuffle(pub u64);

impl Shuffle {
    pub fn order(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<_> = (0..count).collect();
        for last in (1..count).rev() {
            // A plain congruential generator, of which the upper bits are good enough.
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            order.swap(last, (self.0 >> 33) as usize % (last + 1));
        }
        order
    }
}

#[allow(clippy::disallowed_methods, reason = "a benchmark measures real time")]
pub fn now() -> Instant {
    Instant::now()
}

pub fn met(is: bool) -> &'static str {
    if is { "met" } else { "MISSED" }
}
