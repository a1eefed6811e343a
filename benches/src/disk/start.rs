//! How long a fresh process takes to open a handler, in a new folder and in one that is full.

use std::path::Path;

use larder::{Cache, Disk};
use larder_benches::child;
use larder_benches::figures::Figures;
use larder_benches::report::{Table, Targets};
use larder_benches::rounds::now;

use crate::ROUNDS;
use crate::peers::Raw;
use crate::values::{SMALL, TTL};

const ENTRIES: u64 = 200_000;

/// What is opened.
const KINDS: [&str; 4] = ["heed-new", "heed-full", "larder-new", "larder-full"];
const TITLES: [&str; 4] =
    ["heed, a new folder", "heed, 200,000 rows", "larder, a new folder", "larder, 200,000 entries"];

pub fn measure(folder: &Path) {
    println!("## Opening, in a fresh process\n");
    let folder = folder.join("start");
    std::fs::create_dir_all(&folder).expect("a folder");
    let at = |name: &str| folder.join(name).to_str().expect("a folder with a name").to_owned();
    for kind in ["heed-full", "larder-full"] {
        // In a process of its own too, so that none has it open in what follows.
        child::run(&["fill", kind, &at(kind)]);
    }
    let figures = Figures::take(ROUNDS, KINDS.len(), |round, index| {
        let kind = KINDS[index];
        let place = if kind.ends_with("new") { at(&format!("{kind}-{round}")) } else { at(kind) };
        child::run(&["open", kind, &place])[0].1[0]
    });

    println!("Milliseconds: median (minimum; quartiles)\n");
    let mut table = Table::new(["", "to open"]);
    let mut targets = Targets::new();
    for (index, title) in TITLES.into_iter().enumerate() {
        let cost = figures.of(index);
        table.row(vec![title.to_owned(), format!("{cost:.3}")]);
        if KINDS[index].starts_with("larder") {
            targets.at_most(format!("ms: {title}"), 5.0, &cost.spread);
        }
    }
    table.print();
    targets.print();
}

fn cache(folder: &Path) -> Cache {
    let disk = Disk::builder().cache_dir(folder).threshold(1_000_000);
    Cache::builder().handler("start", disk).default_handler("start").build().expect("the folder can be used")
}

/// The process that fills.
pub fn fill(kind: &str, folder: &str) {
    let folder = Path::new(folder);
    if kind.starts_with("heed") {
        Raw::open(folder).fill((0..ENTRIES).map(|id| (format!("{id:024}"), SMALL.value(id))));
        return;
    }
    let cache = cache(folder).blocking();
    (0..ENTRIES).for_each(|id| cache.set(&format!("{id:024}"), SMALL.value(id), TTL).expect("room"));
}

/// The process that opens.
pub fn open(kind: &str, folder: &str) {
    let folder = Path::new(folder);
    let began = now();
    if kind.starts_with("heed") {
        drop(Raw::open(folder));
    } else {
        drop(cache(folder));
    }
    child::say(kind, &[began.elapsed().as_nanos() as f64 / 1e6]);
}
