//! What the functions are called with: the same for every contender and in every run.

pub use larder_benches::random::Random;

use crate::shape::Shape;

/// How many keys are asked for in turn, where they are not all the same.
pub const KEYS: u64 = 10_000;

/// How many calls one pass over a hot key makes.
const HOT: usize = 2_000;

/// Always the same key.
pub fn hot<S: Shape>() -> Vec<S::Args> {
    vec![S::args(4_321); HOT]
}

/// Each of the keys as often as any other, in no order.
pub fn uniform<S: Shape>() -> Vec<S::Args> {
    let keys: Vec<_> = (0..KEYS).map(S::args).collect();
    let mut random = Random(3);
    let mut sequence = Vec::new();
    for _ in 0..2 {
        let mut turn = keys.clone();
        random.shuffle(&mut turn);
        sequence.extend(turn);
    }
    sequence
}

/// Keys of which the nth is asked for as often as `n` to the power of `-exponent`. Which key is the nth is mixed up, as
/// it is outside.
pub struct Zipf {
    sums: Vec<f64>,
    keys: Vec<u64>,
}

impl Zipf {
    pub fn new(keys: u64, exponent: f64) -> Self {
        let mut sum = 0.0;
        let sums = (1..=keys).map(|rank| {
            sum += (rank as f64).powf(-exponent);
            sum
        });
        let sums = sums.collect();
        let mut keys: Vec<_> = (0..keys).collect();
        Random(5).shuffle(&mut keys);
        Self { sums, keys }
    }

    pub fn take(&self, calls: usize, seed: u64) -> Vec<u64> {
        let mut random = Random(seed);
        let total = self.sums[self.sums.len() - 1];
        let mut key = || {
            let at = random.fraction() * total;
            self.keys[self.sums.partition_point(|sum| *sum <= at)]
        };
        (0..calls).map(|_| key()).collect()
    }
}
