//! Clearing 20,000 of 200,000 entries, beside a range of as many rows that LMDB deletes, and a reader meanwhile.

use std::ops::Bound;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use larder::{Blocking, Cache};
use larder_benches::figures::Figures;
use larder_benches::report::{Table, Targets};
use larder_benches::rounds::now;

use crate::annotated::{cleared, kept};
use crate::latency::percentile;
use crate::peers::Raw;
use crate::values::{SMALL, TTL};

/// How many rounds there are, since what was cleared has to be filled again in each.
const ROUNDS: usize = 11;

const CLEARED: u64 = 20_000;
const ALL: u64 = 200_000;

/// How many hits a reader makes at least.
const HITS: usize = 2_000;

/// What is cleared in a round, or that nothing is.
const RAW: usize = 0;
const FUNCTION: usize = 1;
const PATTERN: usize = 2;
const QUIET: usize = 3;
const READ_FUNCTION: usize = 4;
const READ_PATTERN: usize = 5;

pub fn measure(folder: &Path, cache: &Cache) {
    println!("## Clearing {CLEARED} of {ALL} entries of {}\n", SMALL.name);
    let raw = Raw::open(&folder.join("heed-cleared"));
    raw.fill((CLEARED..ALL).map(|id| (row(id), SMALL.value(id))));
    let cache = cache.on("cleared").expect("a handler").blocking();
    fill(&cache);

    let figures = Figures::take(ROUNDS, 6, |_, index| {
        prepare(&raw, &cache, index);
        let clear = || clear(&raw, &cache, index);
        if index >= QUIET { while_reading(clear) } else { clear() }
    });
    let mut table = Table::new(["", "ms: median (minimum; quartiles)", "beside the range of rows"]);
    let titles = ["heed, `delete_range`", "larder, `clear` of a function", "larder, `clear_matching`"];
    for (index, title) in titles.into_iter().enumerate() {
        let ratio = format!("{:.2}", figures.ratio(index, RAW).median);
        table.row(vec![title.to_owned(), format!("{:.3}", figures.of(index)), ratio]);
    }
    table.print();
    let mut table = Table::new(["a reader's p99 meanwhile", "ns: median (minimum; quartiles)", "beside a quiet time"]);
    for (index, title) in
        [(QUIET, "quiet"), (READ_FUNCTION, "`clear` of a function"), (READ_PATTERN, "`clear_matching`")]
    {
        let ratio = format!("{:.2}", figures.ratio(index, QUIET).median);
        table.row(vec![title.to_owned(), figures.of(index).to_string(), ratio]);
    }
    table.print();

    let mut targets = Targets::new();
    targets.at_most("`clear` of a function beside a range of rows", 2.0, &figures.ratio(FUNCTION, RAW));
    targets.at_most("`clear_matching` beside a range of rows", 2.0, &figures.ratio(PATTERN, RAW));
    targets.print();
}

/// Rows that are deleted together stand together.
fn row(id: u64) -> String {
    format!("{}{id:020}", if id < CLEARED { "some" } else { "more" })
}

/// Of the entries that stay, some are a function's, and most were set directly.
fn fill(cache: &Blocking) {
    (0..CLEARED).for_each(|id| drop(kept(id)));
    let others = ALL - 3 * CLEARED;
    (0..others).for_each(|id| cache.set(&format!("more/{id}"), SMALL.value(id), TTL).expect("room"));
}

/// Fills what a round before has cleared, so that each begins with all.
fn prepare(raw: &Raw, cache: &Blocking, index: usize) {
    if index == RAW {
        raw.fill((0..CLEARED).map(|id| (row(id), SMALL.value(id))));
        return;
    }
    (0..CLEARED).for_each(|id| drop(cleared(id)));
    if cache.get::<Vec<u8>>("some/0").expect("a store").is_none() {
        (0..CLEARED).for_each(|id| cache.set(&format!("some/{id}"), SMALL.value(id), TTL).expect("room"));
    }
}

/// Milliseconds.
fn clear(raw: &Raw, cache: &Blocking, index: usize) -> f64 {
    let began = now();
    match index {
        RAW => {
            let mut txn = raw.env.write_txn().expect("a transaction");
            let range = (Bound::Included("some".as_bytes()), Bound::Excluded("somf".as_bytes()));
            let count = raw.rows.delete_range(&mut txn, &range).expect("a range");
            txn.commit().expect("a commit");
            assert_eq!(count as u64, CLEARED);
        }
        FUNCTION | READ_FUNCTION => cleared::clear().expect("a store"),
        PATTERN | READ_PATTERN => cache.clear_matching("some/*").expect("a store"),
        _ => {}
    }
    began.elapsed().as_nanos() as f64 / 1e6
}

/// The p99, in ns, of what another thread reads while something is cleared.
fn while_reading(clear: impl FnOnce() -> f64) -> f64 {
    let (started, ended) = (AtomicBool::new(false), AtomicBool::new(false));
    let read = || {
        for id in 0..CLEARED {
            drop(kept(id));
        }
        let mut seen = Vec::with_capacity(1 << 20);
        started.store(true, Ordering::SeqCst);
        let mut last = now();
        for id in (0..CLEARED).cycle().map(|number| number * 7919 % CLEARED) {
            drop(kept(id));
            let at = now();
            seen.push((at - last).as_nanos() as u64);
            last = at;
            if ended.load(Ordering::Relaxed) && seen.len() >= HITS {
                break;
            }
        }
        percentile(&mut seen)
    };
    thread::scope(|scope| {
        let reader = scope.spawn(read);
        while !started.load(Ordering::SeqCst) {
            std::hint::spin_loop();
        }
        clear();
        ended.store(true, Ordering::SeqCst);
        reader.join().expect("the reader ends")
    })
}
