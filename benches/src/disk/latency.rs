//! How long the slowest of a reader's hits take while another process writes, beside a quiet time.

use std::path::Path;
use std::thread;
use std::time::Duration;

use larder::Cache;
use larder_benches::child;
use larder_benches::contender::LARDER;
use larder_benches::cores::{stay, two};
use larder_benches::figures::Figures;
use larder_benches::random::Random;
use larder_benches::report::{Table, Targets};
use larder_benches::rounds::now;

use crate::peers::Raw;
use crate::talk::{Talk, obey};
use crate::values::{Asked, PAGE, TTL};
use crate::{ROUNDS, annotated};

/// How long hits are looked at in a turn.
const WINDOW: Duration = Duration::from_millis(30);

/// How many of a hundred hits are faster than what is called slow.
const SLOW: usize = 99;

/// The folder of the raw store, beside those of the handlers.
const RAW: &str = "heed-latency";

pub fn measure(folder: &Path) {
    println!("## Hits while another process writes\n");
    let processors = two();
    if processors.len() < 2 {
        println!("Left out: this process may use one core only.\n");
        return;
    }
    let raw = Raw::holding(&folder.join(RAW), &PAGE);
    PAGE.all().for_each(|asked| drop(annotated::page(asked.id)));
    // On a thread of its own, as a thread that is kept on a core stays there.
    thread::scope(|scope| scope.spawn(|| rounds(folder, &raw, &processors)).join()).expect("the rounds end");
}

fn rounds(folder: &Path, raw: &Raw, processors: &[usize]) {
    let writer = |kind: &str| {
        let processor = processors[1].to_string();
        let folder = folder.to_str().expect("a folder with a name");
        Talk::start(&mut child::command(&["write", kind, folder, &processor])).expect("this program runs once more")
    };
    let mut writers = [writer("larder"), writer("heed")];
    stay(processors[0]);
    let keys = PAGE.shuffled();
    let figures = Figures::take(ROUNDS, 4, |round, index| {
        let (store, busy) = (index / 2, index % 2 == 1);
        let writer = &mut writers[store];
        if busy {
            writer.ask("go");
        }
        let slow = match store {
            0 => slow(&keys, round, |asked| annotated::page(asked.id)),
            _ => slow(&keys, round, |asked| raw.get(asked.key).expect("a row")),
        };
        if busy {
            assert!(writer.ask("stop") > 0.0, "the other process wrote nothing");
        }
        slow
    });

    println!("Values of {}, the 99th of 100 hits, ns: median (minimum; quartiles)\n", PAGE.name);
    let mut table = Table::new(["", "quiet", "another process sets 4 KB after 4 KB", "busy / quiet"]);
    for (name, quiet) in [(LARDER, 0), ("heed get with copy", 2)] {
        table.row(vec![
            name.to_owned(),
            figures.of(quiet).to_string(),
            figures.of(quiet + 1).to_string(),
            format!("{:.2}", figures.ratio(quiet + 1, quiet).median),
        ]);
    }
    table.print();
    let mut targets = Targets::new();
    targets.at_most("p99 while another process writes, beside the quiet p99", 2.0, &figures.ratio(1, 0));
    targets.print();
}

/// Nanoseconds that one of a hundred hits takes at least.
fn slow<T>(keys: &[Asked], round: usize, hit: impl Fn(Asked) -> T) -> f64 {
    let from = Random(round as u64).below(keys.len() as u64 / 2) as usize;
    let mut seen = Vec::with_capacity(1 << 17);
    let mut last = now();
    let end = last + WINDOW;
    for asked in keys[from..].iter().cycle() {
        drop(hit(*asked));
        let at = now();
        seen.push((at - last).as_nanos() as u64);
        last = at;
        if at >= end {
            break;
        }
    }
    percentile(&mut seen)
}

/// What `SLOW` of a hundred are faster than.
pub fn percentile(seen: &mut [u64]) -> f64 {
    seen.sort_unstable();
    seen[(seen.len() - 1) * SLOW / 100] as f64
}

/// The other process: it writes from `go` to `stop`, and says how many values.
pub fn child(kind: &str, folder: &str, processor: &str) {
    stay(processor.parse().expect("a number"));
    let folder = Path::new(folder);
    let keys: Vec<_> = PAGE.all().map(|asked| format!("written/{}", asked.id)).collect();
    let key = |number: usize| keys[number * 7919 % keys.len()].as_str();
    match kind {
        "larder" => {
            let cache: Cache = annotated::install(folder);
            let cache = cache.on("page").expect("a handler").blocking();
            obey(|number| cache.set(key(number), PAGE.value(number as u64), TTL).expect("room"));
        }
        _ => {
            let raw = Raw::open(&folder.join(RAW));
            obey(|number| raw.put([(key(number), PAGE.bytes(number as u64))]));
        }
    }
}
