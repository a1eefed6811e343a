//! What an entry takes in memory, as the system sees it.

use std::fs;

use crate::child::{run, say};
use crate::contender::LARDER;
use crate::figures::Figures;
use crate::report::{Table, Targets};
use crate::simple;
use larder_benches::runs::runs;

const ROUNDS: usize = 5;

/// How many entries are stored, and how many may be: more, as caches in parts do not divide keys evenly.
const ENTRIES: usize = 1_000_000;
const CAPACITY: usize = 1_050_000;

const NAMES: [&str; 5] = [LARDER, "quick_cache", "moka", "foyer-memory", "dashmap"];

pub fn measure() {
    let mut kept = [0.0; NAMES.len()];
    let figures = Figures::take(ROUNDS, NAMES.len(), |_, index| {
        let seen = &run(&["memory", NAMES[index]])[0].1;
        kept[index] = seen[1];
        seen[0]
    });
    println!("## Memory: {ENTRIES} entries `u64 -> u64`, each contender in a process of its own\n");
    println!("bytes of resident memory an entry: median (minimum; quartiles)\n");
    let mut table = Table::new(["", "bytes", "entries kept"]);
    for (index, name) in NAMES.iter().enumerate() {
        table.row(vec![(*name).to_owned(), figures.of(index).to_string(), format!("{:.0}", kept[index])]);
    }
    table.print();
    let mut targets = Targets::new();
    targets.at_most("larder beside quick_cache", 1.5, &figures.ratio(0, 1));
    targets.print();
}

pub fn child(name: &str) {
    let keys: Vec<_> = (0..ENTRIES as u64).collect();
    let before = resident();
    let contender = simple::contender(name, CAPACITY);
    contender.pass(&keys);
    let taken = resident() - before;
    let ran = runs();
    contender.pass(&keys);
    let kept = (ENTRIES as u64 - (runs() - ran)) as f64;
    say(name, &[taken / kept, kept]);
}

fn resident() -> f64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux says what a process takes");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("the resident set");
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse().expect("a number of kB");
    kilobytes * 1024.0
}
