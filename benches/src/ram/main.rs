//! What larder costs in memory: beside a plain map, and beside its peers.
//!
//! `just bench-ram` takes some minutes and prints tables; `just bench-ram hits threads` (`async`, `parts-of-a-hit`,
//! `misses`, `ratio`, `memory`, `growth`) prints parts of them. `--traces DIR` takes hit ratios over the traces in a folder
//! as well, and `--chart FILE` draws what hits cost.
//!
//! larder is measured through annotated functions, as a user calls them: with a ttl, a threshold and statistics, on a
//! cache that is installed at the start. The peers stand in the forms that are cheapest for a hit (`store`), and each line
//! says whether it has a ttl and a bound. The floor, `F`, is what the same look-up costs without any of that: `hashbrown`
//! with foldhash, in one thread's hands, by the borrowed key, with the same clone of the value.
//!
//! 1. **A hit, one thread**, of three functions, always of the same key and of 10,000 keys in no order.
//! 2. **A hit, two threads** on a core each, of the same key, beside one thread in the same round.
//! 3. **A hit, `async fn`**, in one task.
//! 4. **Parts of a hit**: what the ttl adds.
//! 5. **Misses**: Zipf over ten times as many keys as entries, and a body that costs nothing, so that all there is is what
//!    the cache does with a miss.
//! 6. **Hit ratios** of one pass over a sequence of keys; the same in each run, but for what a cache decides by chance. Each trace and size has a process of its own, since larder's sizes belong to handlers.
//! 7. **Memory**: the resident set of a process before and behind a million entries.
//! 8. **Growth**: the longest call of ten million that each add an entry.
//!
//! Every figure is the median of many short rounds, beside the least and the quartiles. In each round every contender has
//! its turn of a few milliseconds, in an order that is shuffled, behind a pass that warms up. The loop is compiled for each
//! contender, and calls it with the same keys, which are made before. Ratios are taken within a round, before the median.
//! Each body counts its runs: the program panics when a call that is measured as a hit ran one.
//!
//! `cargo run --profile bench-ram` measures with thin LTO and one codegen unit in place of what `release` gives.
//! Figures of two runs or two machines compare badly; ratios compare better.

mod annotated;
mod asynchronous;
mod chart;
mod child;
mod clock;
mod contender;
mod growth;
mod hits;
mod keys;
mod memory;
mod misses;
mod peers;
mod peers_cached;
mod ratio;
mod shape;
mod simple;
mod store;
mod threads;
mod traces;
mod ttl;

use larder_benches::{cores, figures, machine, report, rounds};

/// The crates whose versions are printed.
const CRATES: [&str; 14] = [
    "larder",
    "cached",
    "dashmap",
    "foldhash",
    "foyer-memory",
    "hashbrown",
    "hitbox-fn",
    "hitbox-moka",
    "mini-moka",
    "moka",
    "papaya",
    "quick_cache",
    "scc",
    "tokio",
];

/// How many rounds a figure is the median of.
const ROUNDS: usize = 31;

/// How many entries each cache may keep where all calls are hits: twice the keys, so that none has to evict.
const ENTRIES: usize = 20_000;

const PARTS: [&str; 8] = ["hits", "threads", "async", "parts-of-a-hit", "misses", "ratio", "memory", "growth"];

fn main() {
    let mut arguments: Vec<_> = std::env::args().skip(1).collect();
    if child::is_one(&arguments) {
        return;
    }
    let chart = option(&mut arguments, "--chart");
    let folder = option(&mut arguments, "--traces");
    for part in &arguments {
        assert!(PARTS.contains(&part.as_str()), "`{part}` is none of the parts {PARTS:?}");
    }
    let wanted = |part: &str| arguments.is_empty() || arguments.iter().any(|wanted| wanted == part);

    println!("# What larder costs in memory\n\n{}\n", machine::describe(&CRATES));
    annotated::install(1);
    if wanted("hits") {
        let hits = hits::measure();
        if let Some(path) = chart {
            std::fs::write(&path, chart::draw(&hits)).expect("the chart can be written");
        }
    }
    let parts: [(&str, &dyn Fn()); 7] = [
        ("threads", &threads::measure),
        ("async", &asynchronous::measure),
        ("parts-of-a-hit", &ttl::measure),
        ("misses", &misses::measure),
        ("ratio", &|| ratio::measure(folder.as_deref())),
        ("memory", &memory::measure),
        ("growth", &growth::measure),
    ];
    for (part, measure) in parts {
        if wanted(part) {
            measure();
        }
    }
}

/// Takes an option and its value out of the arguments.
fn option(arguments: &mut Vec<String>, name: &str) -> Option<String> {
    let at = arguments.iter().position(|argument| argument == name)?;
    assert!(at + 1 < arguments.len(), "`{name}` needs a value");
    arguments.drain(at..at + 2).nth(1)
}
