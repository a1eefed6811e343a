//! The longest single call while a cache grows: whether somebody waits while everything moves to a larger table.

use std::time::Duration;

use crate::child::{run, say};
use crate::contender::LARDER;
use crate::figures::Figures;
use crate::report::{Table, Targets};
use crate::rounds::now;
use crate::simple;

const ROUNDS: usize = 5;

const ENTRIES: usize = 10_000_000;

const NAMES: [&str; 3] = [LARDER, "quick_cache", "dashmap"];

pub fn measure() {
    let mut seconds = [0.0; NAMES.len()];
    let longest = Figures::take(ROUNDS, NAMES.len(), |_, index| {
        let seen = &run(&["growth", NAMES[index]])[0].1;
        seconds[index] = seen[1];
        seen[0]
    });
    println!("## Growth: from none to {ENTRIES} entries `u64 -> u64`, each contender in a process of its own\n");
    println!("ms of the longest call in each round: median (minimum; quartiles); s of all calls in the last\n");
    let mut table = Table::new(["", "the longest call", "all calls"]);
    for (index, name) in NAMES.iter().enumerate() {
        table.row(vec![(*name).to_owned(), longest.of(index).to_string(), format!("{:.1}", seconds[index])]);
    }
    table.print();
    // What the system takes from a process now and then is in no way the cache's, and comes in no round again.
    let mut targets = Targets::new();
    let least = longest.of(0).least;
    let what = "larder's longest call in the calmest round, in ms".to_owned();
    targets.add(what, "<= 10".to_owned(), format!("{least:.1}"), least <= 10.0);
    targets.print();
}

pub fn child(name: &str) {
    let contender = simple::contender(name, ENTRIES);
    let (mut longest, start) = (Duration::ZERO, now());
    for key in 0..ENTRIES as u64 {
        let start = now();
        contender.pass(&[key]);
        longest = longest.max(start.elapsed());
    }
    say(name, &[longest.as_secs_f64() * 1e3, start.elapsed().as_secs_f64()]);
}
