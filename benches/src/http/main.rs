//! What a cached response costs: larder beside no cache and beside its peers.
//!
//! `just bench-http` takes half a minute and prints a table; `just bench-http hits` (`misses`, `sockets`) prints a part
//! of it.
//!
//! The same axum app stands under each cache in turn, in memory, for 300 seconds. Three things are measured:
//!
//! 1. **A hit, in process.** No sockets: one call of the router and the whole body, the request made before, on one
//!    thread. The figure is the whole call, so axum's routing is in every line. A ratio under 1 says that larder costs
//!    less than the peer. The line without a cache runs the handler, which only hands out 1 KB that is there.
//! 2. **A miss, in process.** Every request is to a new address. The figure is what the cache adds to the line without
//!    one: for responses that are kept, when the cache is full already and others have to go, and for those that say
//!    `no-store`. With 10,000 entries much of it is the way to memory for what goes; the last line is larder with 500.
//! 3. **A hit, over sockets.** Requests a second of 16 connections that stay open, each with one request at a time, to
//!    larder's hit and to a handler that returns the same status, headers and bytes as constants. The clients share the
//!    cores with the server, so the ratio says less about the cache than the first part does.
//!
//! Every figure is the median of many short rounds; in each round every contender has its turn, in an order that is
//! shuffled (in process) or changes sides (over sockets). Ratios and differences are taken within a round, before the
//! median, and the quartiles in brackets say how calm the machine was. How often the handler ran says that hits were
//! hits and misses were misses; otherwise the program panics.
//!
//! Figures of two runs or two machines compare badly; ratios compare better.

mod apps;
mod in_process;
mod peers;
mod sockets;

use larder_benches::rounds;
use tokio::runtime::Builder;

fn main() {
    let parts: Vec<_> = std::env::args().skip(1).collect();
    let wanted = |part: &str| parts.is_empty() || parts.iter().any(|wanted| wanted == part);
    let one_thread = Builder::new_current_thread().build().expect("a runtime of one thread");
    one_thread.block_on(async {
        let mut contenders = apps::all();
        if wanted("hits") {
            in_process::hits(&contenders).await;
        }
        if wanted("misses") {
            contenders.push(apps::by_default());
            in_process::misses(&contenders).await;
        }
    });
    drop(one_thread);
    if wanted("sockets") {
        let many_threads = Builder::new_multi_thread().enable_io().build().expect("a runtime of many threads");
        many_threads.block_on(sockets::hits());
    }
}
