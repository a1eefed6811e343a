//! The handlers of larder: `Ram`, `Disk` and `Redis`, each behind a feature of its own. Users depend on the crate
//! `larder`, which re-exports them.
//!
//! Every one is a [`cache_core::Backend`] and passes the one contract suite, `cache_core::contract`.

use cache_core::Cache;

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

/// The cache of a program that installs none: one handler in memory, 500 entries, 300 s; nothing at all without `ram`.
#[doc(hidden)]
#[must_use]
pub fn fallback() -> Cache {
    #[cfg(feature = "ram")]
    if let Ok(cache) = Cache::builder().handler("ram", Ram::builder()).build() {
        return cache;
    }
    Cache::keeping_nothing()
}
