//! What the benchmarks have in common.

pub mod child;
pub mod contender;
pub mod cores;
pub mod figures;
pub mod machine;
pub mod random;
pub mod report;
pub mod rounds;
pub mod runs;
pub mod talk;
