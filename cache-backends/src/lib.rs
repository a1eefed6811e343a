//! The handlers of larder: `Ram`, `Disk` and `Redis`, each behind a feature of its own. Users depend on the crate
//! `larder`, which re-exports them.
//!
//! Every one is a [`cache_core::Backend`] and passes the one contract suite, `cache_core::contract`.

#[cfg(feature = "disk")]
mod disk;
#[cfg(feature = "ram")]
mod ram;
#[cfg(feature = "redis")]
mod redis;

#[cfg(feature = "redis")]
pub use self::redis::{Redis, RedisBuilder};
#[cfg(feature = "disk")]
pub use disk::{Disk, DiskBuilder};
#[cfg(feature = "ram")]
pub use ram::{Ram, RamBuilder};
