//! Sets: one at a time, and of ten callers at once, beside LMDB's shortest transaction and other stores.
//!
//! Values that are set directly replace others; those that a function misses are new, and beside new rows of LMDB's.

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::time::Duration;

use cached::ConcurrentCached;
use larder::Cache;
use larder_benches::contender::LARDER;
use larder_benches::figures::Figures;
use larder_benches::random::Random;
use larder_benches::report::{Table, Targets};
use larder_benches::rounds::now;
use serde_bytes::ByteBuf;

use crate::peers::{Raw, SQLITE_SET, redb, sqlite};
use crate::talk::Python;
use crate::together::{AT_ONCE, tasks, threads};
use crate::values::{Asked, PAGE, SMALL, Size, TTL};
use crate::{ROUNDS, annotated};

/// How long a contender is measured in its turn.
const SLICE: Duration = Duration::from_millis(10);

/// A line of the table: its name, and microseconds an entry in a turn.
struct Row<'a>(String, Box<dyn Fn(usize) -> f64 + 'a>);

/// What is set: the functions that are missed, and the handler they are on.
struct Setting {
    size: &'static Size,
    handler: &'static str,
    missed: fn(u64) -> Vec<u8>,
}

pub fn measure(folder: &Path, cache: &Cache) {
    println!("## Sets\n");
    let small = Setting { size: &SMALL, handler: "set-small", missed: annotated::missed_small };
    measure_one(folder, cache, &small, async |id| annotated::async_missed_small(id).await);
    let page = Setting { size: &PAGE, handler: "set-page", missed: annotated::missed_page };
    measure_one(folder, cache, &page, async |id| annotated::async_missed_page(id).await);
}

const DISKCACHE: &str = "diskcache, Python";

/// The places of those that are compared. At 2 are many puts in one transaction.
const RAW: usize = 0;
const RAW_NEW: usize = 1;
const SET: usize = 3;
const MISS: usize = 4;
const SET_TASKS: usize = 5;
const SET_THREADS: usize = 6;
const MISS_TASKS: usize = 7;

fn measure_one(folder: &Path, cache: &Cache, setting: &Setting, missed: impl AsyncFn(u64) -> Vec<u8> + Copy + 'static) {
    let Setting { size, handler, .. } = *setting;
    let keys = size.shuffled();
    // Keys that nobody had before.
    let new = Cell::new(1 << 32);
    let fresh = || new.replace(new.get() + 1);

    let mut rows = raw(&folder.join(format!("heed-{handler}")), size, &keys, &fresh);
    rows.extend(larder(cache, setting, &keys, &fresh));
    let at_once = |count: u64| new.replace(new.get() + count);
    rows.push(Row(format!("{LARDER}, miss and commit, {AT_ONCE} tasks"), {
        Box::new(move |_| tasks(at_once, missed))
    }));
    rows.extend(peers(folder, setting, &keys));

    let figures = Figures::take(ROUNDS, rows.len(), |round, index| (rows[index].1)(round));
    report(size, &rows, &figures);
}

fn report(size: &Size, rows: &[Row<'_>], figures: &Figures) {
    println!("Values of {}, µs an entry: median (minimum; quartiles)\n", size.name);
    let mut table = Table::new(["", "an entry", "beside one put a transaction"]);
    for (index, Row(name, _)) in rows.iter().enumerate() {
        let ratio = format!("{:.2}", figures.ratio(index, RAW).median);
        table.row(vec![name.clone(), format!("{:.2}", figures.of(index)), ratio]);
    }
    let diskcache = rows.iter().position(|Row(name, _)| name == DISKCACHE);
    if diskcache.is_none() {
        table.row(vec![DISKCACHE.to_owned(), "not installed".to_owned(), String::new()]);
    }
    table.print();

    let mut targets = Targets::new();
    for (index, to, most) in [
        (SET, RAW, 3.3),
        (MISS, RAW_NEW, 3.3),
        (SET_TASKS, RAW, 1.8),
        (SET_THREADS, RAW, 1.8),
        (MISS_TASKS, RAW_NEW, 1.8),
    ] {
        let what = format!("{}: {} beside {}", size.name, rows[index].0, rows[to].0);
        targets.at_most(what, most, &figures.ratio(index, to));
    }
    let what = format!("{}: {} times as fast as {DISKCACHE}", size.name, rows[SET].0);
    match diskcache {
        Some(diskcache) => targets.at_least(what, 2.0, &figures.ratio(diskcache, SET)),
        None => targets.unknown(what, ">= 2".to_owned(), "not installed"),
    }
    targets.print();
}

/// Microseconds a call: of each of the keys, from somewhere among them, and the number of a value that it had in no round
/// before, as SQLite writes nothing where nothing changes.
fn each(keys: &[Asked], round: usize, mut set: impl FnMut(Asked)) -> f64 {
    let from = Random(round as u64).below(keys.len() as u64 / 2) as usize;
    let (mut calls, began) = (0, now());
    for asked in keys[from..].iter().chain(keys) {
        set(Asked { id: asked.id + round as u64 + 1, ..*asked });
        calls += 1;
        if began.elapsed() >= SLICE {
            break;
        }
    }
    began.elapsed().as_nanos() as f64 / 1000.0 / f64::from(calls)
}

fn raw<'a>(folder: &Path, size: &'a Size, keys: &'a [Asked], fresh: &'a dyn Fn() -> u64) -> Vec<Row<'a>> {
    let raw = Raw::holding(folder, size);
    let (other, ten) = (raw.clone(), raw.clone());
    let set = move |asked: Asked| raw.put([(asked.key, size.bytes(asked.id))]);
    let add = move |_: Asked| {
        let id = fresh();
        other.put([(format!("{:016x}{:08x}", Random(id).number(), id as u32), size.bytes(id))]);
    };
    let group = move |asked: Asked| {
        ten.put((0..AT_ONCE as u64).map(|next| {
            let other = keys[(asked.id + next * 7919) as usize % keys.len()];
            (other.key, size.bytes(asked.id + next))
        }));
    };
    vec![
        Row("heed, one put a transaction".to_owned(), Box::new(move |round| each(keys, round, &set))),
        Row("heed, one put of a new key".to_owned(), Box::new(move |round| each(keys, round, &add))),
        Row(
            format!("heed, {AT_ONCE} puts a transaction"),
            Box::new(move |round| each(keys, round, &group) / AT_ONCE as f64),
        ),
    ]
}

fn larder<'a>(cache: &Cache, setting: &'a Setting, keys: &'a [Asked], fresh: &'a dyn Fn() -> u64) -> Vec<Row<'a>> {
    let Setting { size, handler, missed } = setting;
    let cache = cache.on(handler).expect("a handler");
    let blocking = cache.blocking();
    for asked in size.all() {
        blocking.set(asked.key, size.value(asked.id), TTL).expect("room");
    }
    let other = blocking.clone();
    let set = move |asked: Asked| blocking.set(asked.key, size.value(asked.id), TTL).expect("room");
    let somewhere = |round: usize, place: u64| keys[(Random(round as u64).number() % size.keys + place) as usize];
    vec![
        Row(format!("{LARDER}, set"), Box::new(move |round| each(keys, round, &set))),
        Row(format!("{LARDER}, miss and commit"), Box::new(move |round| each(keys, round, |_| drop(missed(fresh()))))),
        Row(format!("{LARDER}, set, {AT_ONCE} tasks"), {
            Box::new(move |round| {
                let set = async |place| {
                    let asked = somewhere(round, place);
                    cache.set(asked.key, size.value(asked.id + round as u64 + 1), TTL).await.expect("room");
                };
                tasks(|_| 0, set)
            })
        }),
        Row(format!("{LARDER}, set, {AT_ONCE} threads"), {
            Box::new(move |round| {
                threads(|place| {
                    let asked = somewhere(round, place);
                    other.set(asked.key, size.value(asked.id + round as u64 + 1), TTL).expect("room");
                })
            })
        }),
    ]
}

fn peers<'a>(folder: &Path, setting: &'a Setting, keys: &'a [Asked]) -> Vec<Row<'a>> {
    let Setting { size, handler, .. } = setting;
    let at = |peer: &str| folder.join(format!("{peer}-{handler}"));
    let redb = redb(&at("redb"), size);
    let put = move |asked: Asked| drop(redb.cache_set(asked.key, ByteBuf::from(size.value(asked.id))).expect("room"));
    let statement = RefCell::new(sqlite(&at("sqlite"), size).prepare(SQLITE_SET).expect("a statement"));
    let insert = move |asked: Asked| {
        let row = (asked.key.as_bytes(), size.bytes(asked.id));
        statement.borrow_mut().execute(row).expect("room");
    };
    let mut rows = vec![
        Row("cached redb, not durable".to_owned(), Box::new(move |round| each(keys, round, &put))),
        Row("rusqlite, WAL, nothing synced".to_owned(), Box::new(move |round| each(keys, round, &insert))),
    ];
    if let Some(python) = Python::start(&at("diskcache"), size) {
        let set = move |round: usize| python.set(Random(round as u64).below(size.keys)) / 1000.0;
        rows.push(Row(DISKCACHE.to_owned(), Box::new(set)));
    }
    rows
}
