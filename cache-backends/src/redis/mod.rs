//! The handler on a Redis or Valkey server, shared by every process that uses the same server, db and prefix.
//!
//! | file | what it does |
//! |---|---|
//! | `builder`, `open` | the configuration; checking it without a network, and opening the handler |
//! | `address` | where the server is, and URLs |
//! | `stream`, `tls` | TCP or a unix socket, and TLS around it (`no_tls` stands in without that feature) |
//! | `sentinel`, `primary` | sentinels as they are configured; asking them where the primary is |
//! | `connect`, `login` | making a connection: the protocol, the login, and the server's messages |
//! | `runtime` | the handler's thread |
//! | `wire` | one server that is kept connected: connect, notice a loss, connect again |
//! | `servers` | where commands go: to the one server, or to those of a cluster |
//! | `cluster/` | which server of a cluster has a key, and going there |
//! | `link` | one established connection: requests, and noticing that nothing answers |
//! | `exchange/` | requests written and replies read, by the thread or by a caller |
//! | `near/` | what is kept near of what is on the server, true by the server's own messages |
//! | `command`, `scripts` | the commands and scripts, and what is made of replies |
//! | `envelope/` | what entries are wrapped in: compressed, encrypted |
//! | `backend` | [`cache_core::Backend`] over these |
//! | `looks`, `puts`, `epochs` | the parts of it that read entries, write them, and are about epochs |
//! | `behind` | what is done behind a write whatever becomes of it |
//! | `lead` | the right to run a key among all processes |
//! | `sweep` | `SCAN` and `UNLINK`, for patterns and for giving back room |
//!
//! A slot is the key `{prefix}{slot text}`: `k:` set directly, `f:` functions, `h:` responses, `e:` epochs, `l:` locks.
//! Nothing else in the database is read, written or counted, and no command looks at the whole of it at once.

mod address;
mod backend;
mod behind;
mod builder;
mod cluster;
mod command;
mod connect;
mod envelope;
mod epochs;
mod exchange;
mod lead;
mod link;
mod login;
mod looks;
mod near;
mod open;
mod primary;
mod puts;
mod runtime;
mod scripts;
mod sentinel;
mod servers;
mod stream;
mod sweep;
#[cfg(not(feature = "tls"))]
#[path = "no_tls.rs"]
mod tls;
#[cfg(feature = "tls")]
mod tls;
mod wire;

pub use backend::Redis;
pub use builder::RedisBuilder;
#[cfg(feature = "compress")]
pub use envelope::Compression;
#[cfg(feature = "encrypt")]
pub use envelope::EncryptionKey;
#[cfg(feature = "ram")]
pub(crate) use looks::Copied;
#[cfg(feature = "ram")]
pub(crate) use servers::{LEASE_MILLIS, Servers};
#[cfg(feature = "tls")]
pub use tls::Tls;
