//! Results in this process's memory: no server, no serialization, a hard bound on the number of entries.
//!
//! A hit takes no lock, does no locked instruction and reads no clock of the system. It finds the node of its key in chains
//! that are changed behind locks of their own; what is taken out of them is freed when everyone has left who may have
//! found it.
//!
//! | file | what it does |
//! |---|---|
//! | `builder` | parameters and their checks |
//! | `backend` | the store, as larder sees it |
//! | `store` | what is kept, and the steps of the operations |
//! | `hit`, `settle` | the short cut of a hit, from an annotated function to its node; finding out that there is one |
//! | `ticket` | the short cut of a miss: keeping the result of a run |
//! | `functions` | whose entries there are: numbers, by which clearing a function is one write |
//! | `epochs` | the numbers that make invalidation of many entries one write |
//! | `table`, `shard`, `buckets` | finding a node without a lock; changing what is found, behind one |
//! | `node`, `head` | an entry in one place, and what it begins with |
//! | `kind`, `pool` | the type of its value, and the memory for it |
//! | `partitions` | a table for all functions, and one for each that has a bound of its own |
//! | `weight`, `weighers` | what entries weigh, and how many bytes there are for them; how values are weighed |
//! | `policy/` | which entry makes room |
//! | `reader`, `barrier`, `limbo` | who is inside, and freeing what they may have found |
//! | `fork`, `lock` | the child of a fork, which has one thread; locks that are held meanwhile |
//! | `sync` | what loom takes the place of |
//! | `moment`, `preempted` | the time of a hit, and whether it can be believed |
//! | `keeper` | the thread that writes it, and gives back the room of what is over |

#![cfg_attr(not(unix), allow(dead_code, reason = "locks are held while a process forks"))]

mod backend;
mod barrier;
mod buckets;
mod builder;
mod epochs;
pub(crate) mod fork;
mod functions;
mod head;
mod hit;
mod keeper;
mod kind;
mod limbo;
mod lock;
#[cfg(all(test, loom))]
mod model;
mod moment;
mod node;
mod partitions;
mod policy;
mod pool;
mod preempted;
mod reader;
mod settle;
mod shard;
mod store;
mod sync;
mod table;
mod ticket;
pub(crate) mod weighers;
mod weight;

#[cfg(feature = "redis")]
pub(crate) use backend::Inside;
pub use backend::Ram;
pub use builder::RamBuilder;
pub(crate) use hit::{Found, again};
pub(crate) use ticket::{keep, ticket};
