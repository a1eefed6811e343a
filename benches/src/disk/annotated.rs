//! larder's functions, as a user writes them, and the cache that a program installs for them.

use std::path::Path;
use std::sync::Arc;

use larder::{Backend, Cache, Clock, Disk, DiskBuilder, Env, IntoHandler, Reply, cached};
use larder_benches::runs::run;
use tokio::runtime::Builder;

use crate::values::{LARGE, PAGE, SMALL, Size};

/// A bound that nothing here reaches, so that hits stay hits.
const THRESHOLD: usize = 1_000_000;

/// The handlers, each in a folder of its own, as each of the other stores is, and with what one contender asks for.
const HANDLERS: [&str; 11] = [
    "small",
    "page",
    "large",
    "direct-small",
    "direct-page",
    "direct-large",
    "async-small",
    "async-page",
    "set-small",
    "set-page",
    "cleared",
];

fn builder(folder: &Path, name: &str) -> DiskBuilder {
    Disk::builder().cache_dir(folder.join(format!("larder-{name}"))).threshold(THRESHOLD).default_expire(3600)
}

/// The cache of this process. A child that gets the same folder shares all of it.
pub fn install(folder: &Path) -> Cache {
    let mut cache = Cache::builder();
    for name in HANDLERS {
        cache = cache.handler(name, builder(folder, name));
    }
    let cache = cache.default_handler("small").build().expect("the folder can be used");
    cache.clone().install().expect("every function's handler is there");
    cache
}

/// A handler without a cache around it.
pub fn handler(folder: &Path, name: &str) -> Arc<dyn Backend> {
    let opened = builder(folder, name).open(&Env { clock: Clock::default() });
    Arc::clone(opened.expect("the folder can be used").backend())
}

/// What a handler answers, mostly at once.
pub fn answer<T>(reply: Reply<'_, T>) -> T {
    let answer = match reply {
        Reply::Ready(answer) => answer.expect("nobody took it"),
        Reply::Pending(later) => Builder::new_current_thread().build().expect("a runtime").block_on(later),
    };
    answer.expect("the handler works")
}

fn body(id: u64, size: &Size) -> Vec<u8> {
    run();
    size.value(id)
}

#[cached(handler = "small", ttl = "1h")]
pub fn small(id: u64) -> Vec<u8> {
    body(id, &SMALL)
}

#[cached(handler = "page", ttl = "1h")]
pub fn page(id: u64) -> Vec<u8> {
    body(id, &PAGE)
}

#[cached(handler = "large", ttl = "1h")]
pub fn large(id: u64) -> Vec<u8> {
    body(id, &LARGE)
}

#[cached(handler = "async-small", ttl = "1h")]
pub async fn async_small(id: u64) -> Vec<u8> {
    body(id, &SMALL)
}

#[cached(handler = "async-page", ttl = "1h")]
pub async fn async_page(id: u64) -> Vec<u8> {
    body(id, &PAGE)
}

/// To be missed.
#[cached(handler = "set-small", ttl = "1h")]
pub fn missed_small(id: u64) -> Vec<u8> {
    SMALL.value(id)
}

#[cached(handler = "set-page", ttl = "1h")]
pub fn missed_page(id: u64) -> Vec<u8> {
    PAGE.value(id)
}

#[cached(handler = "set-small", ttl = "1h")]
pub async fn async_missed_small(id: u64) -> Vec<u8> {
    SMALL.value(id)
}

#[cached(handler = "set-page", ttl = "1h")]
pub async fn async_missed_page(id: u64) -> Vec<u8> {
    PAGE.value(id)
}

/// To be cleared.
#[cached(handler = "cleared", ttl = "1h")]
pub fn cleared(id: u64) -> Vec<u8> {
    SMALL.value(id)
}

/// To be read meanwhile.
#[cached(handler = "cleared", ttl = "1h")]
pub fn kept(id: u64) -> Vec<u8> {
    body(id, &SMALL)
}
