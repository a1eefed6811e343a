//! What caching means in larder: keys, entries, the flow of a call, single-flight, sites, errors and the test lab.
//!
//! Users depend on the crate `larder`, which re-exports what they need. This crate knows no backend by name, no HTTP
//! and no syntax of attributes.

pub mod backend;
mod block_on;
mod cache;
mod clock;
mod entry;
mod epoch;
mod error;
pub mod key;
mod timer;
mod ttl;

pub use backend::{Backend, Look, Pattern, Reply, Slot, When};
pub use block_on::block_on;
pub use cache::{Env, IntoHandler, Opened};
pub use clock::Clock;
pub use entry::{Entry, Form, Object, Seen, Stored, Validity};
pub use epoch::{Epoch, EpochName};
pub use error::{BackendError, Error, Result};
pub use timer::within;
pub use ttl::{DEFAULT_EXPIRE, Life, Ttl};
