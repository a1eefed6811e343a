//! What the functions are called with: the same for every contender and in every run.

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
        for last in (1..turn.len()).rev() {
            turn.swap(last, random.below(last as u64 + 1) as usize);
        }
        sequence.extend(turn);
    }
    sequence
}

/// Numbers that look random and are the same in each run (SplitMix64).
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to `bound`, without it.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }

    /// From 0 to 1, without it.
    fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
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
        let mut random = Random(5);
        for last in (1..keys.len()).rev() {
            keys.swap(last, random.below(last as u64 + 1) as usize);
        }
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
