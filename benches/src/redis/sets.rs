//! Sets, and misses that are stored, of many tasks at once.
//!
//! `cached` has two ways to set: its store's `set` reads what was there before and gives it back, and what its annotated
//! functions use does not (`set_ref`). A miss of its functions is a `get` and the latter.
//!
//! What a commit takes is what a miss that is stored takes more than one that is not.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cached::{AsyncRedisCache, ConcurrentCachedAsync, SerializeCachedAsync};
use larder::Cache;
use larder_benches::contender::LARDER;
use larder_benches::figures::Figures;
use larder_benches::report::Targets;
use tokio::runtime::Runtime;

use crate::at_once::{TASKS, WAYS, turn};
use crate::peers::{self, Floor};
use crate::server::Server;
use crate::table::{Row, print, take};
use crate::values::{KEYS, TTL, User};
use crate::{ROUNDS, annotated};

/// The places of the rows.
const OURS: usize = 1;
const CACHED: usize = 2;
const CACHED_REF: usize = 3;
const OUR_MISS: usize = 5;
const CACHED_MISS: usize = 6;
const CACHED_MISS_REF: usize = 7;
const OUR_MISS_ALONE: usize = 8;
const CACHED_MISS_ALONE: usize = 9;

pub fn measure(server: &Server, cache: &Cache) {
    println!("## Sets, and misses that are stored, {TASKS} tasks\n");
    for way in WAYS {
        let runtime = way.runtime();
        let (floor, cached) = runtime.block_on(async {
            let stores = (Floor::with_timeout(server).await, peers::cached::<u64>(server, "set").await);
            check(cache, &stores.1).await;
            stores
        });
        let mut rows = sets(&runtime, cache, &floor, &cached);
        rows.extend(misses(&runtime, &floor, &cached));
        let figures = take(ROUNDS, &rows);
        println!("{}, µs a call: median (minimum; quartiles)\n", way.name);
        print(&rows, &figures);
        report(&figures, way.name);
    }
}

fn report(figures: &Figures, what: &str) {
    let mut targets = Targets::new();
    targets.at_least(format!("{what}: sets beside cached's `set`"), 1.4, &figures.ratio(CACHED, OURS));
    targets.at_least(format!("{what}: misses beside cached's with `set`"), 1.4, &figures.ratio(CACHED_MISS, OUR_MISS));
    let commits = figures.ratio_of_differences((CACHED_MISS, CACHED_MISS_ALONE), (OUR_MISS, OUR_MISS_ALONE));
    targets.at_least(format!("{what}: commits behind misses beside cached's `set`"), 1.4, &commits);
    targets.print();
    let beside = |name: &str, peer, ours| println!("{name}: {}", figures.ratio(peer, ours));
    beside("Sets beside cached's `set_ref`", CACHED_REF, OURS);
    beside("Misses beside cached's with `set_ref`, as its functions have them", CACHED_MISS_REF, OUR_MISS);
    println!();
}

/// What was set is there.
async fn check(cache: &Cache, cached: &AsyncRedisCache<u64, User>) {
    let user = User::of(7);
    cache.set("set:7", user.clone(), TTL).await.expect("a store");
    assert_eq!(cache.get::<User>("set:7").await.expect("a store").as_ref(), Some(&user));
    cached.async_cache_set(7, user.clone()).await.expect("a store");
    assert_eq!(cached.async_cache_get(&7).await.expect("a store").as_ref(), Some(&user));
    cached.async_cache_set_ref(&7, &User::of(8)).await.expect("a store");
    assert_eq!(cached.async_cache_get(&7).await.expect("a store"), Some(User::of(8)));
}

type Cached = Arc<AsyncRedisCache<u64, User>>;

fn sets<'a>(runtime: &'a Runtime, cache: &Cache, floor: &Floor, cached: &Cached) -> Vec<Row<'a>> {
    let at = |round: usize, place: u64| (round as u64 * 7919 + place) % KEYS;
    let (cache, floor, keys) = (cache.clone(), floor.clone(), Arc::clone(&floor.keys));
    let (set, set_ref) = (Arc::clone(cached), Arc::clone(cached));
    vec![
        Row::new("redis, `SET`", move |round| {
            let floor = floor.clone();
            turn(runtime, TASKS, move |place| {
                let (floor, id) = (floor.clone(), at(round, place));
                async move { floor.set(id, &User::of(id)).await }
            })
        }),
        Row::new(format!("{LARDER}, set"), move |round| {
            let (cache, keys) = (cache.clone(), Arc::clone(&keys));
            turn(runtime, TASKS, move |place| {
                let (cache, keys, id) = (cache.clone(), Arc::clone(&keys), at(round, place));
                async move { cache.set(&keys[id as usize], User::of(id), TTL).await.expect("a store") }
            })
        }),
        Row::new("cached, `set`", move |round| {
            let set = Arc::clone(&set);
            turn(runtime, TASKS, move |place| {
                let (set, id) = (Arc::clone(&set), at(round, place));
                async move { drop(set.async_cache_set(id, User::of(id)).await.expect("a store")) }
            })
        }),
        Row::new("cached, `set_ref`", move |round| {
            let set = Arc::clone(&set_ref);
            turn(runtime, TASKS, move |place| {
                let (set, id) = (Arc::clone(&set), at(round, place));
                async move { set.async_cache_set_ref(&id, &User::of(id)).await.expect("a store") }
            })
        }),
    ]
}

/// A number that nobody asked for before.
fn fresh() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(1 << 32);
    LAST.fetch_add(1, Ordering::Relaxed)
}

fn misses<'a>(runtime: &'a Runtime, floor: &Floor, cached: &Cached) -> Vec<Row<'a>> {
    let (floor, set, set_ref, get) = (floor.clone(), Arc::clone(cached), Arc::clone(cached), Arc::clone(cached));
    vec![
        Row::new("redis, `GET` and `SET` of a new key", move |_| {
            let floor = floor.clone();
            turn(runtime, TASKS, move |_| {
                let (floor, id) = (floor.clone(), fresh());
                async move {
                    let key = format!("floor:{id}");
                    assert!(floor.get_at(&key).await.is_none());
                    floor.set_at(&key, &User::of(id)).await;
                }
            })
        }),
        Row::new(format!("{LARDER}, miss and commit"), move |_| turn(runtime, TASKS, |_| annotated::missed(fresh()))),
        Row::new("cached, `get` and `set` of a new key", move |_| {
            let cached = Arc::clone(&set);
            turn(runtime, TASKS, move |_| {
                let (cached, id) = (Arc::clone(&cached), fresh());
                async move {
                    assert!(cached.async_cache_get(&id).await.expect("a store").is_none());
                    drop(cached.async_cache_set(id, User::of(id)).await.expect("a store"));
                }
            })
        }),
        Row::new("cached, `get` and `set_ref` of a new key", move |_| {
            let cached = Arc::clone(&set_ref);
            turn(runtime, TASKS, move |_| {
                let (cached, id) = (Arc::clone(&cached), fresh());
                async move {
                    assert!(cached.async_cache_get(&id).await.expect("a store").is_none());
                    cached.async_cache_set_ref(&id, &User::of(id)).await.expect("a store");
                }
            })
        }),
        Row::new(format!("{LARDER}, miss that is not stored"), move |_| {
            turn(runtime, TASKS, |_| annotated::unstored(fresh()))
        }),
        Row::new("cached, `get` of a new key", move |_| {
            let cached = Arc::clone(&get);
            turn(runtime, TASKS, move |_| {
                let (cached, id) = (Arc::clone(&cached), fresh());
                async move { assert!(cached.async_cache_get(&id).await.expect("a store").is_none()) }
            })
        }),
    ]
}
