//! What caching means in larder: keys, entries, the flow of a call, single-flight, sites, errors and the test lab.
//!
//! Users depend on the crate `larder`, which re-exports what they need. This crate knows no backend by name, no HTTP
//! and no syntax of attributes.

pub mod backend;
mod background;
mod block_on;
mod breaker;
mod cache;
mod clock;
#[cfg(feature = "bytes")]
pub mod codec;
#[cfg(feature = "contract")]
pub mod contract;
mod counter;
mod entry;
mod epoch;
mod error;
mod flow;
pub mod fork;
mod form;
#[cfg(feature = "bytes")]
pub mod frame;
pub mod function;
pub mod key;
#[doc(hidden)]
pub mod keyspace;
#[cfg(feature = "test")]
pub mod lab;
mod lead;
mod memory;
mod pattern;
mod pinned;
mod stats;
mod sync;
mod timer;
mod ttl;
mod waits;
mod weigh;
mod within;

pub use backend::{Backend, Epochs, Look, Reply, Slot, Ticket, When};
pub use block_on::{block_on, may_block};
pub use cache::{Blocking, Cache, CacheBuilder, Env, IntoHandler, Opened, Storable, cache_or, is_installed};
pub use clock::Clock;
pub use entry::{Entry, Form, Object, Seen, Stored, Validity};
pub use epoch::{Epoch, EpochName};
pub use error::{BackendError, Error, Result};
pub use form::TOMBSTONE;
pub use function::{BytesValue, Value};
#[doc(hidden)]
pub use inventory;
pub use lead::{Lead, Lease};
pub use memory::Memory;
pub use pattern::Pattern;
pub use pinned::pinned;
pub use stats::{CacheStats, NamedStats, Stats, Tallied, Tally};
pub use ttl::{DEFAULT_EXPIRE, Life, Ttl};
pub use waits::wake_all;
pub use weigh::{Weigh, Weigher};
pub use within::{promise_wake, within};
