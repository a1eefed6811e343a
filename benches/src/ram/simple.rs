//! Contenders for a process of their own, which is told no more than a name.

use crate::contender::{About, Contender, LARDER};
use crate::shape::Number;
use crate::{annotated, peers};

pub fn contender(name: &str, capacity: usize) -> Contender<u64> {
    match name {
        LARDER => larder(capacity),
        "quick_cache" => peers::quick_cache::<Number>(capacity),
        "moka" => peers::moka::<Number>(capacity),
        "foyer-memory" => peers::foyer_s3fifo::<Number>(capacity),
        "dashmap" => peers::dashmap::<Number>(),
        _ => panic!("nobody is called {name}"),
    }
}

pub fn larder(capacity: usize) -> Contender<u64> {
    annotated::install(capacity);
    Contender::new(About::new(LARDER, "").ttl().bound(), annotated::alone)
}
