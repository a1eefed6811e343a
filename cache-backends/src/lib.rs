//! The handlers of larder: `Ram`, `Disk`, `Redis`, each behind a feature of its own, and `Tiered`. Users depend on the crate
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
#[cfg(all(feature = "ram", feature = "redis"))]
mod tiered;

#[cfg(feature = "compress")]
pub use self::redis::Compression;
#[cfg(feature = "encrypt")]
pub use self::redis::EncryptionKey;
#[cfg(feature = "tls")]
pub use self::redis::Tls;
#[cfg(feature = "redis")]
pub use self::redis::{Redis, RedisBuilder};
#[cfg(feature = "disk")]
pub use disk::{Disk, DiskBuilder};
#[cfg(feature = "ram")]
pub use ram::{Ram, RamBuilder};
#[cfg(all(feature = "ram", feature = "redis"))]
pub use tiered::{Tiered, TieredBuilder};

/// The short cut to what a function has stored in memory; none without `ram`.
#[doc(hidden)]
#[derive(Debug)]
pub enum ShortCut {}

/// What nothing is kept by.
#[cfg(not(feature = "ram"))]
#[doc(hidden)]
#[derive(Debug)]
pub enum NoTicket {}

#[cfg(not(feature = "ram"))]
impl cache_core::function::Ticket for NoTicket {
    fn settled(&self) -> &'static cache_core::function::Settled {
        match *self {}
    }

    fn look(&mut self, _key: &[u8]) -> bool {
        false
    }

    fn count_run(&self) {}

    fn stands(&self, _key: &[u8]) -> bool {
        false
    }
}

#[cfg(not(feature = "ram"))]
impl cache_core::function::ShortCut for ShortCut {
    type Found = std::convert::Infallible;
    type Ticket = NoTicket;

    fn find<P: cache_core::key::Probe>(
        _site: &'static cache_core::function::Site,
        _values: std::any::TypeId,
        _probe: P,
        _mark: Option<u64>,
        _instance: Option<cache_core::key::Instance>,
    ) -> Option<Self::Found> {
        None
    }

    fn was_sure() -> bool {
        true
    }
}

/// What is done with values of type `V` on it.
#[doc(hidden)]
#[must_use]
pub const fn short<V: cache_core::Value>() -> cache_core::function::Short<V, ShortCut> {
    #[cfg(feature = "ram")]
    return cache_core::function::Short {
        value: ram::Found::value::<V>,
        again: ram::again::<V>,
        ticket: ram::ticket::<V>,
        keep: ram::keep::<V>,
    };
    #[cfg(not(feature = "ram"))]
    cache_core::function::Short::none()
}

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
