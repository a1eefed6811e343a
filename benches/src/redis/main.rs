//! What larder costs on Redis: beside a bare `GET`, and beside its peers.
//!
//! `just bench-redis` takes some minutes and prints tables; `just bench-redis hits sets` (`commands`, `sync`, `near`,
//! `invalidation`, `wake`, `clearing`) prints parts of them. It starts a `redis-server` of its own on a free port, which
//! keeps nothing on disk, and stops it at the end.
//!
//! larder is measured through annotated functions, as a user calls them: with a ttl and statistics, on a cache that is
//! installed at the start. The floor is what a program would write without a cache: a `GET` over one connection of the
//! crate `redis` that all tasks share, and postcard, with no checksum, no type and no epochs. The peers are asked at their
//! stores, which is cheaper than through their own annotated functions, and hitbox through such a function too; each has a
//! ttl of an hour, and none renews it at a hit. They run on the same server, one after the other.
//!
//! 1. **A hit** of 256 tasks at once and of one task, on a runtime of one thread and on one of two workers.
//! 2. **Sets and misses** of 256 tasks at once.
//! 3. **Commands** that a hit, a miss and a set are, as the server sees them.
//! 4. **A hit of a sync function**, beside a pool of connections.
//! 5. **A hit that is near**, in memory in front of Redis, of values of 100 B, 4 KB and 1 MB.
//! 6. **Another process's invalidation**: how long what is near is given after it was asked for.
//! 7. **A waiter of another process's run**: how long it takes to wake.
//! 8. **Clearing** among a million entries, and what another client sees of it.
//!
//! Every figure is the median of many short rounds, beside the least and the quartiles. In each round every contender has
//! its turn, in an order that is shuffled. Ratios are taken within a round, before the median. What takes as long as the
//! network does is told in round trips: a `PING` over a connection of the crate `redis`, in the same round. Each contender's
//! values are compared before it is measured, and the program panics when a call that is measured as a hit ran a body.
//!
//! Client, server and what else the machine does share its processors, so figures of two runs compare badly; ratios
//! compare better.

mod annotated;
mod at_once;
mod bystander;
mod clearing;
mod commands;
mod hits;
mod invalidation;
mod near;
mod peers;
mod server;
mod sets;
mod sync;
mod table;
mod trips;
mod values;
mod wake;

use larder_benches::child::CHILD;
use larder_benches::machine;

use crate::server::Server;

/// How many rounds a figure is the median of.
const ROUNDS: usize = 31;

/// The crates whose versions are printed.
const CRATES: [&str; 7] = ["larder", "redis", "cached", "hitbox-redis", "hitbox-fn", "postcard", "tokio"];

const PARTS: [&str; 8] = ["hits", "sets", "commands", "sync", "near", "invalidation", "wake", "clearing"];

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if is_child(&arguments) {
        return;
    }
    for part in &arguments {
        assert!(PARTS.contains(&part.as_str()), "`{part}` is none of the parts {PARTS:?}");
    }
    let wanted = |part: &str| arguments.is_empty() || arguments.iter().any(|wanted| wanted == part);

    let server = Server::start();
    println!("# What larder costs on Redis\n\n{}\n", machine::describe(&CRATES));
    println!("{}, on the same machine.\n", server.version());
    let cache = annotated::install(server.port);
    let parts: [(&str, &dyn Fn()); 8] = [
        ("hits", &|| hits::measure(&server)),
        ("sets", &|| sets::measure(&server, &cache)),
        ("commands", &|| commands::measure(&server, &cache)),
        ("sync", &|| sync::measure(&server)),
        ("near", &|| near::measure(&server)),
        ("invalidation", &|| invalidation::measure(&server)),
        ("wake", &|| wake::measure(&server)),
        ("clearing", &|| clearing::measure(&server)),
    ];
    for (part, measure) in parts {
        if wanted(part) {
            measure();
        }
    }
}

/// Does what a parent wants, if this process is a child.
fn is_child(arguments: &[String]) -> bool {
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [CHILD, "wait", port] => wake::child(port.parse().expect("a port")),
        _ => return false,
    }
    true
}
