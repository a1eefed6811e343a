//! larder's functions, as a user writes them, and the cache that a program installs for them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use larder::{Cache, Ram, Redis, RedisBuilder, Tiered, cached};

use crate::values::{User, blob};
use crate::wake;

/// A handler on the server at `port`. Its entries are apart from those under other prefixes.
pub fn redis(port: u16, prefix: &str) -> RedisBuilder {
    Redis::builder().host("127.0.0.1").port(port).prefix(prefix).default_expire(300)
}

/// The two tiers on the server at `port`.
pub fn tiered(port: u16, prefix: &str) -> larder::TieredBuilder {
    Tiered::new(Ram::builder().threshold(10_000), redis(port, prefix))
}

/// The cache of this process. A child that gets the same port shares all of it.
pub fn install(port: u16) -> Cache {
    let cache = Cache::builder()
        .handler("redis", redis(port, "larder:"))
        .handler("near", tiered(port, "near:"))
        .handler("shared", redis(port, "shared:"))
        .handler("cleared", redis(port, CLEARED))
        .default_handler("redis")
        .build()
        .expect("the handlers can be made");
    cache.clone().install().expect("every function's handler is there");
    cache
}

/// The prefix of what is to be cleared.
pub const CLEARED: &str = "cleared:";

/// How often bodies ran, on whatever thread.
static RUNS: AtomicU64 = AtomicU64::new(0);

pub fn runs() -> u64 {
    RUNS.load(Ordering::SeqCst)
}

fn body(id: u64) -> User {
    RUNS.fetch_add(1, Ordering::SeqCst);
    User::of(id)
}

#[cached(handler = "redis", ttl = "1h")]
pub async fn user(id: u64) -> User {
    body(id)
}

#[cached(handler = "redis", ttl = "1h")]
pub fn sync_user(id: u64) -> User {
    body(id)
}

/// To be missed.
#[cached(handler = "redis", ttl = "1h")]
pub async fn missed(id: u64) -> User {
    User::of(id)
}

/// To be missed, and not stored.
#[cached(handler = "redis", ttl = "1h", cache_if = |_| false)]
pub async fn unstored(id: u64) -> User {
    User::of(id)
}

#[cached(handler = "near", ttl = "1h")]
pub async fn near(id: u64, bytes: usize) -> Arc<[u8]> {
    RUNS.fetch_add(1, Ordering::SeqCst);
    blob(id, bytes)
}

#[cached(handler = "near", ttl = "1h")]
pub fn sync_near(id: u64, bytes: usize) -> Arc<[u8]> {
    RUNS.fetch_add(1, Ordering::SeqCst);
    blob(id, bytes)
}

/// Of all processes one runs it, and the others wait.
#[cached(handler = "shared", ttl = "1h", single_flight = "shared")]
pub async fn shared(id: u64) -> u64 {
    wake::body();
    id
}

#[cached(handler = "shared", ttl = "1h", single_flight = "shared")]
pub fn sync_shared(id: u64) -> u64 {
    wake::body();
    id
}

/// To be cleared, by its name, its tag and patterns of its keys.
#[cached(handler = "cleared", ttl = "1h", name = "many", key = "row:{id}", tags = ["rows"])]
pub async fn many(id: u64) -> u64 {
    id
}
