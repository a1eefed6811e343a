//! A handler in two tiers: Redis, and the memory of each process in front of it, kept true by the server's own messages.
//!
//! | file | what it does |
//! |---|---|
//! | `builder` | the configuration |
//! | `backend` | [`cache_core::Backend`]: what is near is answered from memory, all else is Redis's |
//! | `copy` | a value in memory, and what it depends on |
//! | `heartbeat` | noticing a server that is lost, where nobody else asks it anything |
//!
//! Nothing here decides what is valid. A value comes near when it was read of the server and found to be valid, and goes by
//! what the server says of its key or of an epoch that it depends on (`redis/near`): a message between the question
//! and the answer wins, a connection that is lost takes all that is near along, and a server that does not answer for a
//! second does too.

mod backend;
mod builder;
mod copy;
mod heartbeat;

pub use backend::Tiered;
pub use builder::TieredBuilder;
