//! Round trips, which are what things over a network are told in.

use larder_benches::rounds::now;
use tokio::runtime::Runtime;

use crate::at_once::WAYS;
use crate::peers::Floor;
use crate::server::Server;

/// What asks for a sign of life.
pub struct Trips {
    runtime: Runtime,
    floor: Floor,
}

impl Trips {
    pub fn new(server: &Server) -> Self {
        let runtime = WAYS[0].runtime();
        let floor = runtime.block_on(Floor::without_timeout(server));
        Self { runtime, floor }
    }

    /// Nanoseconds of one.
    pub fn one(&self) -> f64 {
        let began = now();
        self.runtime.block_on(self.floor.ping());
        began.elapsed().as_nanos() as f64
    }
}

/// What so many of a hundred are faster than.
pub fn percentile(seen: &mut [f64], of_a_hundred: usize) -> f64 {
    seen.sort_by(f64::total_cmp);
    seen[(seen.len() - 1) * of_a_hundred / 100]
}
