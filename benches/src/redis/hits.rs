//! A hit: larder's async function, beside a bare `GET` and other stores.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cached::{AsyncRedisCache, ConcurrentCachedAsync};
use chrono::Utc;
use hitbox::policy::PolicyConfig;
use hitbox::{CacheKey, CacheStatus, CacheValue};
use hitbox_backend::Backend as _;
use larder_benches::contender::LARDER;
use larder_benches::figures::Figures;
use larder_benches::report::Targets;
use tokio::runtime::Runtime;

use crate::at_once::{TASKS, WAYS, turn};
use crate::peers::{self, Floor, Hitbox};
use crate::server::Server;
use crate::table::{Row, print, take};
use crate::values::{KEYS, TTL, User};
use crate::{ROUNDS, annotated};

/// The places of the rows.
const FLOOR: usize = 0;
const UNTIMED: usize = 1;
const APART: usize = 2;
const OURS: usize = 3;
const CACHED: usize = 4;
const HITBOX: usize = 5;
const HITBOX_READ: usize = 6;

pub fn measure(server: &Server) {
    println!("## A hit, `async fn`\n");
    for way in WAYS {
        let runtime = way.runtime();
        let contenders = runtime.block_on(Contenders::new(server));
        for tasks in [TASKS, 1] {
            let rows = contenders.rows(&runtime, tasks);
            let before = annotated::runs();
            let figures = take(ROUNDS, &rows);
            assert_eq!(annotated::runs(), before, "a hit ran the body");
            let at_once = if tasks == 1 { "one task".to_owned() } else { format!("{tasks} tasks") };
            println!("{at_once}, {}, µs a call: median (minimum; quartiles)\n", way.name);
            print(&rows, &figures);
            report(&figures, &format!("{at_once}, {}", way.name), tasks);
        }
    }
}

fn report(figures: &Figures, what: &str, tasks: usize) {
    let mut targets = Targets::new();
    if tasks == 1 {
        targets.at_most(format!("{what}: a call beside a `GET`"), 1.05, &figures.ratio(OURS, FLOOR));
        targets.print();
        return;
    }
    targets.at_least(format!("{what}: throughput beside a `GET`"), 0.95, &figures.ratio(FLOOR, OURS));
    targets.at_least(format!("{what}: beside a `GET` without a timer"), 0.95, &figures.ratio(UNTIMED, OURS));
    targets.at_least(format!("{what}: beside a `GET` that another thread drives"), 0.95, &figures.ratio(APART, OURS));
    targets.at_least(format!("{what}: throughput beside cached"), 1.25, &figures.ratio(CACHED, OURS));
    targets.at_least(format!("{what}: throughput beside hitbox"), 1.5, &figures.ratio(HITBOX, OURS));
    targets.at_least(format!("{what}: beside hitbox's read"), 1.5, &figures.ratio(HITBOX_READ, OURS));
    targets.print();
}

#[hitbox_fn::cached]
async fn hitbox_user(id: u64) -> User {
    User::of(id)
}

/// Stores that hold all users, whose connections are driven by one runtime.
struct Contenders {
    floor: Floor,
    untimed: Floor,
    /// Driven by a thread of its own, as larder's is.
    apart: (Floor, Runtime),
    cached: Arc<AsyncRedisCache<u64, User>>,
    hitbox: Arc<hitbox_fn::Cache<Hitbox>>,
    /// The same backend, of whom bytes are asked by keys that are there already.
    read: Arc<Hitbox>,
    keys: Arc<Vec<CacheKey>>,
}

impl Contenders {
    async fn new(server: &Server) -> Self {
        let policy = PolicyConfig::builder().ttl(Duration::from_secs(TTL)).build();
        let keys = (0..KEYS).map(|id| CacheKey::from_str("read", &id.to_string())).collect();
        let contenders = Self {
            floor: Floor::with_timeout(server).await,
            untimed: Floor::without_timeout(server).await,
            apart: Floor::driven_apart(server).await,
            cached: peers::cached(server, "users").await,
            hitbox: Arc::new(hitbox_fn::Cache::builder().backend(peers::hitbox(server)).policy(policy).build()),
            read: Arc::new(peers::hitbox(server)),
            keys: Arc::new(keys),
        };
        contenders.fill().await;
        contenders
    }

    /// Stores all users, and reads all of them again.
    async fn fill(&self) {
        let later = Utc::now() + Duration::from_secs(TTL);
        self.floor.fill().await;
        for id in 0..KEYS {
            let user = User::of(id);
            self.cached.async_cache_set(id, user.clone()).await.expect("a store");
            let raw = CacheValue::new(Bytes::from(user.bytes()), Some(later), None);
            self.read.write(&self.keys[id as usize], raw.clone()).await.expect("a store");
            assert_eq!(annotated::user(id).await, user);
            assert_eq!(hitbox_user(id).cache(&self.hitbox).await, user);

            assert_eq!(annotated::user(id).await, user);
            assert_eq!(self.floor.get(id).await.as_ref(), Some(&user));
            assert_eq!(self.cached.async_cache_get(&id).await.expect("a store").as_ref(), Some(&user));
            let (found, context) = hitbox_user(id).cache(&self.hitbox).with_context().await;
            assert_eq!((found, context.status), (user, CacheStatus::Hit));
            let read = self.read.read(&self.keys[id as usize]).await.expect("a store").expect("it was written");
            assert_eq!(read.data(), raw.data());
        }
    }

    fn rows<'a>(&self, runtime: &'a Runtime, tasks: usize) -> Vec<Row<'a>> {
        let at = |round: usize, place: u64| (round as u64 * 7919 + place) % KEYS;
        let row = |name: &'static str, turn: Box<dyn Fn(usize) -> f64 + 'a>| Row::new(name, turn);
        let (floor, untimed, apart) = (self.floor.clone(), self.untimed.clone(), self.apart.0.clone());
        let cached = Arc::clone(&self.cached);
        let (hitbox, read, keys) = (Arc::clone(&self.hitbox), Arc::clone(&self.read), Arc::clone(&self.keys));
        let get = |floor: Floor| {
            Box::new(move |round| {
                let floor = floor.clone();
                turn(runtime, tasks, move |place| {
                    let floor = floor.clone();
                    async move { floor.get(at(round, place)).await.expect("a user") }
                })
            })
        };
        vec![
            row("redis, `GET`", get(floor)),
            row("redis, `GET` without a timer", get(untimed)),
            row("redis, `GET`, driven by another thread", get(apart)),
            row(LARDER, Box::new(move |round| turn(runtime, tasks, move |place| annotated::user(at(round, place))))),
            row("cached AsyncRedisCache", {
                Box::new(move |round| {
                    let cached = Arc::clone(&cached);
                    turn(runtime, tasks, move |place| {
                        let cached = Arc::clone(&cached);
                        async move { cached.async_cache_get(&at(round, place)).await.expect("a store").expect("a user") }
                    })
                })
            }),
            row("hitbox-fn on hitbox-redis", {
                Box::new(move |round| {
                    let hitbox = Arc::clone(&hitbox);
                    turn(runtime, tasks, move |place| {
                        let hitbox = Arc::clone(&hitbox);
                        async move { hitbox_user(at(round, place)).cache(&hitbox).await }
                    })
                })
            }),
            row("hitbox-redis, bytes not decoded", {
                Box::new(move |round| {
                    let (read, keys) = (Arc::clone(&read), Arc::clone(&keys));
                    turn(runtime, tasks, move |place| {
                        let (read, keys) = (Arc::clone(&read), Arc::clone(&keys));
                        async move { read.read(&keys[at(round, place) as usize]).await.expect("a store").expect("a user") }
                    })
                })
            }),
        ]
    }
}
