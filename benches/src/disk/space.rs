//! How much of the disk a handler takes for the bytes it may keep, when five times as much was written.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use larder::{Cache, Disk};
use larder_benches::random::Random;
use larder_benches::report::{Table, Targets};
use larder_benches::rounds::{Spread, now};

use crate::values::{TTL, bytes};

const LIMIT: u64 = 128 << 20;
const TIMES: u64 = 5;

/// How often is looked at what is taken.
const LOOKS: u64 = 50;

pub fn measure(folder: &Path) {
    println!("## Room on the disk, for `max_bytes` of {} MiB\n", LIMIT >> 20);
    println!("After {TIMES} times as many bytes were set, in values of mixed sizes.\n");
    let head = ["values", "values set", "µs a set, on average", "most that was taken / limit", "at the end / limit"];
    let mut table = Table::new(head);
    let mut targets = Targets::new();
    for (name, least, most) in [("50 B to 64 KB", 50.0, 65_536.0), ("50 B to 2 MB", 50.0, 2_097_152.0)] {
        let folder = folder.join(format!("space-{most}"));
        let seen = write(&folder, least, most);
        table.row(vec![
            name.to_owned(),
            seen.values.to_string(),
            format!("{:.1}", seen.micros / seen.values as f64),
            format!("{:.3}", seen.most),
            format!("{:.3}", seen.end),
        ]);
        let end = Spread::of([seen.end].into_iter());
        targets.at_most(format!("{name}: bytes on the disk beside the limit"), 1.25, &end);
        fs::remove_dir_all(folder).expect("the folder of this part");
    }
    table.print();
    targets.print();
}

struct Seen {
    values: u64,
    micros: f64,
    most: f64,
    end: f64,
}

/// Each size between the bounds is as likely as one that is twice as large.
fn write(folder: &Path, least: f64, most: f64) -> Seen {
    let disk = Disk::builder().cache_dir(folder).threshold(10_000_000).max_bytes(LIMIT);
    let cache =
        Cache::builder().handler("space", disk).default_handler("space").build().expect("the folder can be used");
    let cache = cache.blocking();
    let mut random = Random(7);
    let mut seen = Seen { values: 0, micros: 0.0, most: 0.0, end: 0.0 };
    for _ in 0..LOOKS {
        let mut written = 0;
        while written < LIMIT * TIMES / LOOKS {
            let count = (least * (most / least).powf(random.fraction())) as usize;
            let (key, value) = (format!("values/{}", seen.values), bytes(seen.values, count).to_vec());
            let began = now();
            cache.set(&key, value, TTL).expect("a store");
            seen.micros += began.elapsed().as_nanos() as f64 / 1000.0;
            seen.values += 1;
            written += count as u64;
        }
        seen.end = taken(folder) as f64 / LIMIT as f64;
        seen.most = seen.most.max(seen.end);
    }
    seen
}

/// The bytes of the disk that a folder takes.
fn taken(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).expect("a folder").flatten();
    let of = |entry: fs::DirEntry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => taken(&entry.path()),
        Ok(metadata) => metadata.blocks() * 512,
        // It was removed meanwhile.
        Err(_) => 0,
    };
    entries.map(of).sum()
}
