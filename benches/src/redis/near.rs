//! A hit that is near: in memory in front of Redis, beside what the crate `redis` keeps near by itself.
//!
//! That one keeps replies, as bytes: what it gives would still have to be decoded.

use std::hint::black_box;
use std::time::Duration;

use larder_benches::contender::LARDER;
use larder_benches::figures::Figures;
use larder_benches::report::Targets;
use larder_benches::rounds::now;
use redis::AsyncConnectionConfig;
use redis::aio::MultiplexedConnection;
use redis::caching::CacheConfig;
use tokio::runtime::Runtime;

use crate::at_once::WAYS;
use crate::server::Server;
use crate::table::{Row, print, take};
use crate::values::{SIZES, Size, blob};
use crate::{ROUNDS, annotated};

/// How long a contender is measured in its turn, and how many calls are made between two looks at the clock.
const SLICE: Duration = Duration::from_millis(4);
const CHUNK: u64 = 64;

/// How many values of each size there are.
const COUNT: u64 = 8;

pub fn measure(server: &Server) {
    println!("## A hit that is near, one task of a runtime of one thread\n");
    let runtime = WAYS[0].runtime();
    let mut connection = runtime.block_on(caching(server));
    for size in &SIZES {
        runtime.block_on(fill(&mut connection, size));
        let rows = rows(&runtime, &connection, size);
        let before = annotated::runs();
        let mut figures = None;
        let calls = server.calls(|| figures = Some(take(ROUNDS, &rows)));
        assert_eq!(annotated::runs(), before, "a hit ran the body");
        let figures: Figures = figures.expect("they were taken");
        println!("Values of {}, ns a call: median (minimum; quartiles)\n", size.name);
        print(&rows, &figures);
        if !calls.is_empty() {
            println!("Meanwhile the server was asked: {calls:?}\n");
        }
        let mut targets = Targets::new();
        targets.at_most(format!("{}: ns a call", size.name), 100.0, &figures.of(1).spread);
        targets.at_most(format!("{}: a call beside redis's own", size.name), 0.5, &figures.ratio(1, 0));
        targets.print();
    }
}

/// A connection that keeps near what it reads, as its documentation says to make one.
async fn caching(server: &Server) -> MultiplexedConnection {
    let client = redis::Client::open(format!("{}?protocol=resp3", server.url())).expect("a URL");
    let config = AsyncConnectionConfig::new().set_cache_config(CacheConfig::new());
    client.get_multiplexed_async_connection_with_config(&config).await.expect("a connection")
}

async fn fill(connection: &mut MultiplexedConnection, size: &Size) {
    for id in 0..COUNT {
        let blob = blob(id, size.bytes);
        let mut set = redis::cmd("SET");
        set.arg(key(id, size)).arg(&*blob).arg("PX").arg(3_600_000).exec_async(connection).await.expect("a reply");
        // The first call stores it, and the second one brings it near.
        for _ in 0..3 {
            assert_eq!(annotated::near(id, size.bytes).await, blob);
            assert_eq!(annotated::sync_near(id, size.bytes), blob);
            assert_eq!(get(connection, &key(id, size)).await, *blob);
        }
    }
}

fn key(id: u64, size: &Size) -> String {
    format!("aio:{}:{id}", size.bytes)
}

async fn get(connection: &mut MultiplexedConnection, key: &str) -> Vec<u8> {
    redis::cmd("GET").arg(key).query_async(connection).await.expect("a reply")
}

fn rows<'a>(runtime: &'a Runtime, connection: &MultiplexedConnection, size: &'a Size) -> Vec<Row<'a>> {
    let connection = connection.clone();
    let keys: Vec<_> = (0..COUNT).map(|id| key(id, size)).collect();
    vec![
        Row::new("redis, cache-aio", move |_| {
            let mut connection = connection.clone();
            slice(|| {
                runtime.block_on(async {
                    for id in 0..CHUNK {
                        black_box(get(&mut connection, &keys[(id % COUNT) as usize]).await);
                    }
                });
            })
        }),
        Row::new(LARDER, move |_| {
            slice(|| {
                runtime.block_on(async {
                    for id in 0..CHUNK {
                        black_box(&annotated::near(black_box(id % COUNT), size.bytes).await);
                    }
                });
            })
        }),
        Row::new(format!("{LARDER}, sync"), move |_| {
            slice(|| {
                for id in 0..CHUNK {
                    black_box(&annotated::sync_near(black_box(id % COUNT), size.bytes));
                }
            })
        }),
    ]
}

/// Nanoseconds a call, where `chunk` makes some.
fn slice(mut chunk: impl FnMut()) -> f64 {
    chunk();
    let (mut calls, began) = (0, now());
    while began.elapsed() < SLICE {
        chunk();
        calls += CHUNK;
    }
    began.elapsed().as_nanos() as f64 / calls as f64
}
