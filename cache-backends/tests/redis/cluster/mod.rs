//! The handler on clusters of real servers.

mod contract;
mod entries;
mod failover;
mod moves;
mod moving;
#[cfg(feature = "ram")]
mod near;
mod nodes;
mod seeds;
