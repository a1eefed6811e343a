//! Results in this process's memory: no server, no serialization, a hard bound on the number of entries.
//!
//! | file | what it does |
//! |---|---|
//! | `builder` | parameters and their checks |
//! | `backend` | the store, as larder sees it |
//! | `stripe` | a part of the table under one lock: entries, the clock that evicts, what was invalidated |
//! | `epochs` | the numbers that make invalidation of many entries one write |

mod backend;
mod builder;
mod epochs;
mod stripe;

pub use backend::Ram;
pub use builder::RamBuilder;
