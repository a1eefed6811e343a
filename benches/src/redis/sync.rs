//! A hit of a sync function, one thread, beside a pool of connections.

use std::hint::black_box;

use cached::ConcurrentCached;
use larder_benches::contender::LARDER;
use larder_benches::report::Targets;
use larder_benches::rounds::now;

use crate::server::Server;
use crate::table::{Row, print, take};
use crate::values::{KEYS, User};
use crate::{ROUNDS, annotated, peers};

/// How many calls a turn has.
const TURN: u64 = 200;

pub fn measure(server: &Server) {
    println!("## A hit of a sync function, one thread\n");
    let mut connection = server.client().get_connection().expect("a connection");
    let keys: Vec<_> = (0..KEYS).map(|id| format!("floor-sync:{id}")).collect();
    let pooled = peers::cached_sync(server, "users-sync");
    let get = |connection: &mut redis::Connection, key: &str| -> User {
        let bytes: Vec<u8> = redis::cmd("GET").arg(key).query(connection).expect("a reply");
        postcard::from_bytes(&bytes).expect("a user")
    };
    for (id, key) in (0..).zip(&keys) {
        let user = User::of(id);
        redis::cmd("SET").arg(key).arg(user.bytes()).exec(&mut connection).expect("a reply");
        pooled.cache_set(id, user.clone()).expect("a store");
        annotated::sync_user(id);
        assert_eq!(get(&mut connection, key), user);
        assert_eq!(annotated::sync_user(id), user);
        assert_eq!(pooled.cache_get(&id).expect("a store"), Some(user));
    }
    let connection = std::cell::RefCell::new(connection);
    let rows = [
        Row::new("redis, `GET` over one connection", |round| {
            turn(round, |id| get(&mut connection.borrow_mut(), &keys[id as usize]))
        }),
        Row::new(LARDER, |round| turn(round, annotated::sync_user)),
        Row::new("cached RedisCache", |round| {
            turn(round, |id| pooled.cache_get(&id).expect("a store").expect("a user"))
        }),
    ];
    let before = annotated::runs();
    let figures = take(ROUNDS, &rows);
    assert_eq!(annotated::runs(), before, "a hit ran the body");
    println!("µs a call: median (minimum; quartiles)\n");
    print(&rows, &figures);
    let mut targets = Targets::new();
    targets.at_least("times as fast as cached's pool", 1.5, &figures.ratio(2, 1));
    targets.print();
}

/// Microseconds a call.
fn turn<T>(round: usize, mut call: impl FnMut(u64) -> T) -> f64 {
    let began = now();
    for place in 0..TURN {
        black_box(call((round as u64 * 7919 + place) % KEYS));
    }
    began.elapsed().as_nanos() as f64 / 1000.0 / TURN as f64
}
