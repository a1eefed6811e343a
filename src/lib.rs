//! Memoize sync and async functions in RAM, on disk or in Redis.
pub use cache_core::{
    Backend, BackendError, Blocking, Cache, CacheBuilder, CacheStats, Clock, Env, Error, Form, IntoHandler, Life, Memory,
    NamedStats, Opened, Pattern, Reply, Result, Stats, Storable, Ttl, backend, key,
};
pub use cache_core::key::KeyPart;
#[doc = include_str!("cached.md")]
pub use cache_macros::cached;
#[doc(hidden)]
pub mod private;
#[cfg(feature = "test")]
pub use cache_core::lab as test;

/// The cache of the caller.
#[must_use]
pub fn cache() -> Cache {
    cache_core::cache_or(private::fallback)
}
