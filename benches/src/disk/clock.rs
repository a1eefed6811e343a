//! How long calls take.

use std::time::Duration;

use larder_benches::contender::About;
use larder_benches::random::Random;
use larder_benches::rounds::now;
use larder_benches::runs::runs;

use crate::values::Asked;

/// How long a contender is measured in its turn.
pub const SLICE: Duration = Duration::from_millis(4);

/// How many calls are made between two looks at the clock.
const CHUNK: usize = 64;

/// Nanoseconds a call of these keys.
type Cost = dyn Fn(&[Asked]) -> f64;

/// A line of a table: what it is, and what it costs in a turn of it.
pub struct Row {
    pub about: About,
    cost: Box<Cost>,
}

impl Row {
    /// It is called with each of the keys, and holds all of them: no call may run a body.
    pub fn hits(about: About, pass: impl Fn(&[Asked]) + 'static) -> Self {
        let cost = move |keys: &[Asked]| {
            let before = runs();
            let cost = slice(&pass, keys);
            assert_eq!(runs(), before, "a hit of {} ran the body", about.title());
            cost
        };
        Self { about, cost: Box::new(cost) }
    }

    /// It is no part of this program, and says itself what a call costs it.
    pub fn told(about: About, cost: impl Fn(&[Asked]) -> f64 + 'static) -> Self {
        Self { about, cost: Box::new(cost) }
    }

    /// Nanoseconds a call, in a turn that begins somewhere among the keys: at the same for each row of a round.
    pub fn cost(&self, keys: &[Asked], round: usize) -> f64 {
        let half = keys.len() / 2;
        let from = Random(round as u64).below(half as u64) as usize;
        (self.cost)(&keys[from..from + half])
    }
}

/// Nanoseconds a call, behind a few that warm up.
fn slice(pass: &impl Fn(&[Asked]), keys: &[Asked]) -> f64 {
    let mut chunks = keys.chunks_exact(CHUNK.min(keys.len())).cycle();
    pass(chunks.next().expect("there are keys"));
    let (mut calls, start) = (0, now());
    for chunk in chunks {
        pass(chunk);
        calls += chunk.len();
        if start.elapsed() >= SLICE {
            break;
        }
    }
    start.elapsed().as_nanos() as f64 / calls as f64
}

/// The number of the row that is called so.
pub fn index_of(rows: &[Row], name: &str, form: &str) -> Option<usize> {
    rows.iter().position(|row| row.about.name == name && row.about.form == form)
}
