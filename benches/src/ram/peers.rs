//! The peers, by what they can do.

use std::sync::Mutex;
use std::time::Duration;

use cached::LruCache;
use foldhash::fast::RandomState;
use foyer_memory::{CacheBuilder, EvictionConfig, LfuConfig, LruConfig, S3FifoConfig, SieveConfig};
use moka::policy::EvictionPolicy;
use quick_cache::{DefaultHashBuilder, OptionsBuilder, UnitWeighter, sync::DefaultLifecycle};

use crate::contender::{About, Contender, FLOOR};
use crate::shape::Shape;
use crate::store::{Floor, Lru, Timed, looking};

/// As long as the ttl of every annotated function.
pub const TTL: Duration = Duration::from_secs(3600);

/// What the same look-up costs nobody who may share it with a writer: `hashbrown` with foldhash over the keys up to
/// `keys`, by the borrowed key, and a clone of the value.
pub fn floor<S: Shape>(keys: &[S::Args]) -> Contender<S::Args> {
    let mut map = hashbrown::HashMap::with_hasher(RandomState::default());
    for key in keys {
        map.insert(S::own(*key), S::body(*key));
    }
    looking::<S>(About::new(FLOOR, ""), Floor(map))
}

/// With a time to live and a bound.
pub fn timed<S: Shape>(capacity: usize) -> Vec<Contender<S::Args>> {
    let mini = mini_moka::sync::Cache::builder().max_capacity(capacity as u64).time_to_live(TTL).build();
    let quick = Timed(quick_cache::sync::Cache::new(capacity));
    vec![
        looking::<S>(About::new("quick_cache", "+ Instant").ttl().bound(), quick),
        moka::<S>(capacity),
        looking::<S>(About::new("mini-moka", "+ ttl").ttl().bound(), mini),
    ]
}

/// With a bound only, each as it comes.
pub fn bounded<S: Shape>(capacity: usize) -> Vec<Contender<S::Args>> {
    vec![quick_cache::<S>(capacity), foyer_s3fifo::<S>(capacity)]
}

/// The other policies to evict by, and other ways to divide a cache.
pub fn policies<S: Shape>(capacity: usize) -> Vec<Contender<S::Args>> {
    let bound = capacity as u64;
    let moka = |form, policy| {
        let cache = moka::sync::Cache::builder().max_capacity(bound).eviction_policy(policy).build();
        looking::<S>(About::new("moka", form).bound(), cache)
    };
    let one_shard = OptionsBuilder::new().shards(1).estimated_items_capacity(capacity).weight_capacity(bound).build();
    let one_shard = quick_cache::sync::Cache::with_options(
        one_shard.expect("all options are there"),
        UnitWeighter,
        DefaultHashBuilder::default(),
        DefaultLifecycle::default(),
    );
    let lru = LruCache::builder().max_size(capacity).build().expect("a valid size");
    vec![
        moka("tinylfu", EvictionPolicy::tiny_lfu()),
        moka("lru", EvictionPolicy::lru()),
        looking::<S>(About::new("mini-moka", "").bound(), mini_moka::sync::Cache::new(bound)),
        looking::<S>(About::new("quick_cache", "1 shard").bound(), one_shard),
        foyer::<S>("lfu", capacity, LfuConfig::default()),
        foyer::<S>("lru", capacity, LruConfig::default()),
        foyer::<S>("sieve", capacity, SieveConfig {}),
        looking::<S>(About::new("cached", "lru").bound(), Lru(Mutex::new(lru))),
    ]
}

/// Maps that keep all they are given. They are the fastest to read, and no caches.
pub fn maps<S: Shape>() -> Vec<Contender<S::Args>> {
    vec![
        looking::<S>(
            About::new("papaya", "+ foldhash"),
            papaya::HashMap::<S::Key, S::Value, _>::with_hasher(RandomState::default()),
        ),
        looking::<S>(
            About::new("scc", "HashIndex + foldhash"),
            scc::HashIndex::<S::Key, S::Value, _>::with_hasher(RandomState::default()),
        ),
        dashmap::<S>(),
    ]
}

/// It takes no borrowed key, as it is.
pub fn dashmap<S: Shape>() -> Contender<S::Args> {
    looking::<S>(About::new("dashmap", ""), dashmap::DashMap::<S::Key, S::Value>::new())
}

pub fn quick_cache<S: Shape>(capacity: usize) -> Contender<S::Args> {
    looking::<S>(About::new("quick_cache", "").bound(), quick_cache::sync::Cache::new(capacity))
}

pub fn moka<S: Shape>(capacity: usize) -> Contender<S::Args> {
    let cache = moka::sync::Cache::builder().max_capacity(capacity as u64).time_to_live(TTL).build();
    looking::<S>(About::new("moka", "+ ttl").ttl().bound(), cache)
}

pub fn foyer_s3fifo<S: Shape>(capacity: usize) -> Contender<S::Args> {
    foyer::<S>("s3fifo", capacity, S3FifoConfig::default())
}

/// It rounds its capacity up to a power of two.
pub fn hash_cache<S: Shape>(capacity: usize) -> Contender<S::Args> {
    let cache = scc::HashCache::<S::Key, S::Value, _>::with_capacity_and_hasher(0, capacity, RandomState::default());
    looking::<S>(About::new("scc", "HashCache + foldhash").bound(), cache)
}

fn foyer<S: Shape>(form: &'static str, capacity: usize, policy: impl Into<EvictionConfig>) -> Contender<S::Args> {
    let cache: foyer_memory::Cache<S::Key, S::Value> = CacheBuilder::new(capacity).with_eviction_config(policy).build();
    looking::<S>(About::new("foyer-memory", form).bound(), cache)
}
