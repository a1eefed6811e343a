//! A hit of an async function, in one task of a current-thread runtime.

use std::path::Path;

use cached::ConcurrentCachedAsync;
use larder_benches::contender::{About, LARDER, each, each_awaited};
use larder_benches::figures::Figures;
use larder_benches::report::Targets;
use tokio::runtime::Builder;

use crate::clock::{Row, index_of};
use crate::values::{Asked, PAGE, SMALL, Size};
use crate::{ROUNDS, annotated, hits, peers};

const OURS: About = About::new(LARDER, "").ttl().bound().shared().checked();
const SYNC: About = About::new(LARDER, "sync").ttl().bound().shared().checked();
const REDB: About = About::new("cached", "redb, async").ttl();
const FOYER: About = About::new("foyer", "hybrid, 16 entries in memory").bound().checked();

pub fn measure(folder: &Path) {
    println!("## A hit, `async fn`, one task of a current-thread runtime\n");
    let small = each_awaited(async |asked: Asked| annotated::async_small(asked.id).await);
    let page = each_awaited(async |asked: Asked| annotated::async_page(asked.id).await);
    table(&SMALL, rows(folder, "small", &SMALL, annotated::small, small));
    table(&PAGE, rows(folder, "page", &PAGE, annotated::page, page));
}

fn rows(
    folder: &Path,
    name: &str,
    size: &Size,
    sync: fn(u64) -> Vec<u8>,
    ours: impl Fn(&[Asked]) + 'static,
) -> Vec<Row> {
    let keys: Vec<_> = size.all().collect();
    ours(&keys);
    keys.iter().for_each(|asked| drop(sync(asked.id)));
    let redb = peers::redb(&folder.join(format!("redb-async-{name}")), size);
    let get = async move |asked: Asked| redb.async_cache_get(&asked.key).await.expect("a store");
    let mut rows = vec![
        Row::hits(OURS, ours),
        Row::hits(SYNC, each(move |asked: Asked| sync(asked.id))),
        Row::hits(REDB, each_awaited(get)),
    ];
    rows.push(with_foyer(folder, name, size));
    rows
}

/// Its threads are a runtime's of its own, which stays as long as the process.
fn with_foyer(folder: &Path, name: &str, size: &Size) -> Row {
    let runtime: &'static _ =
        Box::leak(Box::new(Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")));
    let cache = runtime.block_on(peers::foyer(folder.join(format!("foyer-{name}")), size));
    let get = async move |asked: Asked| cache.get(&asked.id).await.expect("a store").map(|entry| entry.value().clone());
    Row::hits(FOYER, each_awaited(get))
}

fn table(size: &Size, rows: Vec<Row>) {
    let keys = size.shuffled();
    let figures = Figures::take(ROUNDS, rows.len(), |round, index| rows[index].cost(&keys, round));
    println!("Values of {}, {} keys, ns a call: median (minimum; quartiles)\n", size.name, size.keys);
    hits::print(&rows, &figures, None);

    let mut targets = Targets::new();
    let index = |about: &About| index_of(&rows, about.name, about.form).expect("it is there");
    let what = format!("{}: times as fast as {}", size.name, REDB.title());
    targets.at_least(what, 12.0, &figures.ratio(index(&REDB), index(&OURS)));
    targets.print();
}
