//! larder's functions, as a user writes them, and the cache that a program installs for them.

use std::sync::Arc;

use larder::{Cache, Ram, cached};

use crate::ENTRIES;
use crate::misses::HELD;
use crate::shape::{Number, Row, Shape, Shared, Text};

/// Every function has a handler of its own, since how many entries are kept is a handler's business. `alone` is for the
/// parts that measure in a process of their own; it keeps as many entries as they say.
pub fn install(alone: usize) {
    let keeping = |entries| Ram::builder().threshold(entries).default_expire(300);
    Cache::builder()
        .handler("numbers", keeping(ENTRIES))
        .handler("texts", keeping(ENTRIES))
        .handler("shared", keeping(ENTRIES))
        .handler("forever", keeping(ENTRIES))
        .handler("async", keeping(ENTRIES))
        .handler("zipf", keeping(HELD))
        .handler("alone", keeping(alone))
        .default_handler("numbers")
        .build()
        .and_then(Cache::install)
        .expect("every function's handler is there");
}

#[cached(handler = "numbers", ttl = "1h")]
pub fn number(id: u64) -> u64 {
    Number::body(id)
}

#[cached(handler = "texts", ttl = "1h")]
pub fn text(name: &str, id: u64) -> String {
    Text::write(name, id)
}

#[cached(handler = "shared", ttl = "1h")]
pub fn shared(id: u64) -> Arc<Row> {
    Shared::body(id)
}

#[cached(handler = "forever", ttl = "forever")]
pub fn number_forever(id: u64) -> u64 {
    Number::body(id)
}

#[cached(handler = "async", ttl = "1h")]
pub async fn async_number(id: u64) -> u64 {
    Number::body(id)
}

#[cached(handler = "async", ttl = "1h")]
pub async fn async_text(name: &str, id: u64) -> String {
    Text::write(name, id)
}

#[cached(handler = "zipf", ttl = "1h")]
pub fn zipf(id: u64) -> u64 {
    Number::body(id)
}

#[cached(handler = "alone", ttl = "1h")]
pub fn alone(id: u64) -> u64 {
    Number::body(id)
}
