//! A hit, one thread: larder's function and what is under it, beside LMDB itself and other stores.

use std::cell::RefCell;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use cached::ConcurrentCached;
use larder::backend::{Backend, EpochName, Look, Slot, Stored, When};
use larder::key::Key;
use larder::{Cache, Life};
use larder_benches::contender::{About, LARDER, each};
use larder_benches::figures::Figures;
use larder_benches::report::{Table, Targets, mark};

use crate::clock::{Row, index_of};
use crate::peers::{Raw, SQLITE_GET, redb, sqlite};
use crate::talk::Python;
use crate::values::{Asked, LARGE, PAGE, SMALL, Size, TTL};
use crate::{ROUNDS, annotated};

pub const RAW: About = About::new("heed", "get with copy").shared();
const OURS: About = About::new(LARDER, "").ttl().bound().shared().checked();
const DIRECT: About = About::new(LARDER, "`get` of a key").ttl().bound().shared().checked();
const WATCHED: About = About::new(LARDER, "the handler's look at an entry and two epochs").ttl().bound().shared();
const HANDLER: About = About::new(LARDER, "the handler's look at an entry").ttl().bound().shared();
const REDB: About = About::new("cached", "redb, sync").ttl();
const SQLITE: About = About::new("rusqlite", "WAL, mmap").shared();
const DISKCACHE: About = About::new("diskcache", "Python").ttl().bound().shared();

/// What larder has to reach with values of a size.
struct Wanted {
    raw: f64,
    redb: Option<f64>,
    sqlite: Option<f64>,
    diskcache: Option<f64>,
}

pub fn measure(folder: &Path, cache: &Cache) {
    println!("## A hit, one thread, all keys in no order\n");
    let small = Wanted { raw: 1.8, redb: Some(0.75), sqlite: Some(5.0), diskcache: Some(8.0) };
    table(&SMALL, &rows(folder, cache, "small", &SMALL, annotated::small), &small);
    let page = Wanted { raw: 1.8, redb: Some(0.75), sqlite: Some(2.5), diskcache: Some(4.0) };
    table(&PAGE, &rows(folder, cache, "page", &PAGE, annotated::page), &page);
    let large = Wanted { raw: 1.8, redb: None, sqlite: None, diskcache: None };
    table(&LARGE, &rows(folder, cache, "large", &LARGE, annotated::large), &large);
}

fn rows(
    folder: &Path,
    cache: &Cache,
    handler: &'static str,
    size: &'static Size,
    ours: fn(u64) -> Vec<u8>,
) -> Vec<Row> {
    let at = |peer: &str| folder.join(format!("{peer}-{handler}"));
    let raw = Raw::holding(&at("heed"), size);
    let redb = redb(&at("redb"), size);
    let mut rows = larder(folder, cache, handler, size, ours);
    rows.push(Row::hits(RAW, each(move |asked: Asked| raw.get(asked.key))));
    rows.push(Row::hits(REDB, each(move |asked: Asked| redb.cache_get(&asked.key).expect("a store"))));
    rows.push(with_sqlite(&at("sqlite"), size));
    if let Some(python) = Python::start(&at("diskcache"), size) {
        rows.push(Row::told(DISKCACHE, move |keys| python.get(keys[0].id, size)));
    }
    rows
}

/// The function, and the same through fewer of larder's layers.
fn larder(folder: &Path, cache: &Cache, handler: &str, size: &Size, ours: fn(u64) -> Vec<u8>) -> Vec<Row> {
    let direct = cache.on(&format!("direct-{handler}")).expect("a handler").blocking();
    let alone = annotated::handler(folder, &format!("alone-{handler}"));
    let epochs = [EpochName::HANDLER, EpochName::function("measured")];
    annotated::answer(alone.epochs(&epochs, Life::FOREVER));
    for asked in size.all() {
        assert_eq!(ours(asked.id), size.value(asked.id));
        direct.set(asked.key, size.value(asked.id), TTL).expect("room");
        let (key, stored) = (Key::direct(asked.key), Stored::Bytes(size.value(asked.id)));
        let put = alone.put(Slot::Entry(&key), Some(stored), Life::FOREVER, When::Always);
        assert!(annotated::answer(put));
    }
    let other = Arc::clone(&alone);
    let look = move |asked: Asked| look_at(&*alone, asked, &[]);
    let watch = move |asked: Asked| look_at(&*other, asked, &epochs);
    let get = move |asked: Asked| direct.get::<Vec<u8>>(asked.key).expect("a store").expect("it was set");
    vec![
        Row::hits(OURS, each(move |asked: Asked| ours(asked.id))),
        Row::hits(DIRECT, each(get)),
        Row::hits(WATCHED, each(watch)),
        Row::hits(HANDLER, each(look)),
    ]
}

fn look_at(handler: &dyn Backend, asked: Asked, epochs: &[EpochName<'_>]) -> Look {
    let look = annotated::answer(handler.look(&Key::direct(asked.key), epochs));
    assert!(look.stored.is_some() && look.epochs.iter().all(Option::is_some));
    look
}

fn with_sqlite(folder: &Path, size: &Size) -> Row {
    let statement = RefCell::new(sqlite(folder, size).prepare(SQLITE_GET).expect("a statement"));
    let get = move |asked: Asked| {
        let mut statement = statement.borrow_mut();
        let value = statement.query_row([asked.key.as_bytes()], |row| Ok(row.get_ref(0)?.as_blob()?.to_vec()));
        black_box(value.expect("a row"))
    };
    Row::hits(SQLITE, each(get))
}

fn table(size: &Size, rows: &[Row], wanted: &Wanted) {
    let keys = size.shuffled();
    let figures = Figures::take(ROUNDS, rows.len(), |round, index| rows[index].cost(&keys, round));
    println!("Values of {}, {} keys, ns a call: median (minimum; quartiles)\n", size.name, size.keys);
    let index = |about: &About| index_of(rows, about.name, about.form);
    print(rows, &figures, Some(&DISKCACHE).filter(|about| index(about).is_none()));

    let mut targets = Targets::new();
    let ours = index(&OURS).expect("it is there");
    let raw = index(&RAW).expect("it is there");
    targets.at_most(format!("{}: a call beside a get with copy", size.name), wanted.raw, &figures.ratio(ours, raw));
    if let (Some(most), Some(redb)) = (wanted.redb, index(&REDB)) {
        let what = format!("{}: a call beside {}", size.name, REDB.title());
        targets.at_most(what, most, &figures.ratio(ours, redb));
    }
    for (about, least) in [(SQLITE, wanted.sqlite), (DISKCACHE, wanted.diskcache)] {
        let Some(least) = least else { continue };
        let what = format!("{}: times as fast as {}", size.name, about.title());
        match index(&about) {
            Some(peer) => targets.at_least(what, least, &figures.ratio(peer, ours)),
            None => targets.unknown(what, format!(">= {least}"), "not installed"),
        }
    }
    targets.print();
}

/// Rows with their figures. A peer of whom there is only the name stands at the end, without any.
pub fn print(rows: &[Row], figures: &Figures, missing: Option<&About>) {
    let ours = index_of(rows, LARDER, "").expect("it is there");
    let mut table =
        Table::new(["", "ttl", "bound", "processes share it", "checked", "a call", "larder is times as fast"]);
    for (index, row) in rows.iter().enumerate() {
        let mut cells = marks(&row.about);
        cells.extend([figures.of(index).to_string(), format!("{:.2}", figures.ratio(index, ours).median)]);
        table.row(cells);
    }
    if let Some(about) = missing {
        let mut cells = marks(about);
        cells.extend(["not installed".to_owned(), String::new()]);
        table.row(cells);
    }
    table.print();
}

fn marks(about: &About) -> Vec<String> {
    vec![about.title(), mark(about.ttl), mark(about.bound), mark(about.shared), mark(about.checked)]
}
