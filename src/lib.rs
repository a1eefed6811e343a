//! Keep the results of functions: in RAM, on disk, in Redis.
//!
//! ```
//! # #[cfg(feature = "ram")] {
//! use larder::cached;
//!
//! #[cached]
//! fn fib(n: u64) -> u64 {
//!     if n < 2 { n } else { fib(n - 1) + fib(n - 2) }
//! }
//!
//! assert_eq!(fib(80), 23_416_728_348_467_685);
//! # }
//! ```
//!
//! Annotate functions with [`cached`], configure handlers once at start-up with [`Cache::builder`], and use
//! [`cache()`] directly where a function does not fit. Without any configuration there is one handler in memory: 500
//! entries, 300 seconds.
//!
//! # What larder guarantees
//!
//! - A result is given only for equal arguments of the same function, of the same type, as it was stored.
//! - Whoever calls after an invalidation never gets what was read before it; no run in flight undoes one, in this process
//!   or in another.
//! - Concurrent callers of one key share one run, of all processes on a store too where a function says so; and nobody
//!   hangs: through recursion, cancellation and panics.
//! - A handler that is broken is a miss: it never fails a function, and it comes back by itself.
//!
//! # Features
//!
//! | feature | |
//! |---|---|
//! | `ram` (default) | the handler [`Ram`]: objects in this process's memory |
//! | `disk` | the handler `Disk`: LMDB, shared by the processes of one machine; needs a C compiler |
//! | `redis` | the handler `Redis`: a Redis or Valkey server or cluster; with `ram`, also `Tiered`: memory in front of it |
//! | `compress` | `Redis::builder().compress_over(..)`: large entries are compressed, with LZ4 |
//! | `zstd` | the same with Zstandard; needs a C compiler |
//! | `encrypt` | `Redis::builder().encrypt(..)`: entries are encrypted |
//! | `tls` | `rediss://` and `RedisBuilder::tls`: the handler `Redis` over TLS; needs a C compiler |
//! | `bytes` | values as bytes, for handlers of your own that keep bytes; implied by `disk` and `redis` |
//! | `http` | the module `http`: whole responses, by a layer for axum and anything else on tower |
//! | `test` | the module `test`: a lab that isolates tests and moves time |
//! | `contract` | the module `contract`: the promises of a [`Backend`], for tests of your own |
//!
//! # Arguments and results
//!
//! Arguments are told apart by what they record: the standard library's types exactly, others through [`Hash`] or
//! `serde::Serialize`. A `Hash` of your own must feed every field that the function reads; implement [`KeyPart`] where it
//! does not. Results are `Clone + Send + Sync + 'static`; handlers of bytes also need `Serialize + DeserializeOwned`, and
//! refuse a value that would not come back exactly. Where [`RamBuilder::max_bytes`] bounds their bytes, results of your own
//! types say by [`Weigh`] what they have on the heap.

#[doc(hidden)]
pub mod private;

#[cfg(feature = "contract")]
pub use cache_core::contract;
pub use cache_core::key::KeyPart;
#[cfg(feature = "test")]
pub use cache_core::lab as test;
pub use cache_core::{
    Backend, BackendError, Blocking, BytesValue, Cache, CacheBuilder, CacheStats, Clock, Env, Error, IntoHandler, Life,
    NamedStats, Opened, Pattern, Reply, Result, Stats, Storable, Ttl, Value, Weigh, backend, key,
};
#[cfg(all(doc, feature = "redis"))]
#[doc = include_str!("deployment.md")]
pub mod deployment {}

#[cfg(feature = "http")]
pub use cache_http as http;
#[doc = include_str!("cached.md")]
pub use cache_macros::cached;

#[cfg(feature = "compress")]
pub use cache_backends::Compression;
#[cfg(feature = "encrypt")]
pub use cache_backends::EncryptionKey;
#[cfg(feature = "tls")]
pub use cache_backends::Tls;
#[cfg(feature = "disk")]
pub use cache_backends::{Disk, DiskBuilder};
#[cfg(feature = "ram")]
pub use cache_backends::{Ram, RamBuilder};
#[cfg(feature = "redis")]
pub use cache_backends::{Redis, RedisBuilder};
#[cfg(all(feature = "ram", feature = "redis"))]
pub use cache_backends::{Tiered, TieredBuilder};

/// The cache of the caller, for direct use: that of the test it is in, the installed one, or else one handler in
/// memory with 500 entries and 300 seconds. A cheap clone.
///
/// ```
/// # #[cfg(feature = "ram")] {
/// let cache = larder::cache().blocking();
/// cache.set("key", "value".to_string(), 300)?;
/// assert_eq!(cache.get::<String>("key")?.as_deref(), Some("value"));
/// # }
/// # Ok::<(), larder::Error>(())
/// ```
#[must_use]
pub fn cache() -> Cache {
    cache_core::cache_or(private::fallback)
}

/// The examples of the README are tests.
#[cfg(all(doctest, feature = "disk", feature = "redis", feature = "http", feature = "test"))]
#[doc = include_str!("../README.md")]
mod readme {}
