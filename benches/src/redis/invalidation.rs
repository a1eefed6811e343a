//! How long what is near is still given after another process was asked to invalidate it.
//!
//! The two processes are two caches here, each with a connection, a thread and a memory of its own. A reader asks for the value
//! again and again, and says when it first began a call that did not give the old one.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use larder::{Blocking, Cache};
use larder_benches::figures::Figures;
use larder_benches::report::{Table, Targets};
use larder_benches::rounds::now;

use crate::ROUNDS;
use crate::annotated::tiered;
use crate::server::Server;
use crate::trips::{Trips, percentile};
use crate::values::TTL;

/// How many invalidations a round has.
const TIMES: usize = 100;

/// A call that is faster than this asked no server.
const NEAR: Duration = Duration::from_micros(5);

/// What a writer can do.
type Change = fn(&Blocking, u64);

const CHANGES: [(&str, Change); 2] = [
    ("removed", |writer, _| writer.remove("a").expect("a store")),
    ("set", |writer, old| writer.set("a", old + 1, TTL).expect("a store")),
];

pub fn measure(server: &Server) {
    println!("## Another process's invalidation of what is near\n");
    let cache = || Cache::builder().handler("tiered", tiered(server.port, "peer:")).build().expect("a handler");
    let (writer, reader) = (cache().blocking(), cache().blocking());
    let trips = Trips::new(server);
    // A p50 and a p99 of each change, and of round trips.
    let mut seen = vec![Vec::new(); CHANGES.len() + 1];
    let figures = Figures::take(ROUNDS, seen.len() * 2, |round, index| {
        let (which, is_slow) = (index / 2, index % 2 == 1);
        // Both figures of a round are of the same samples.
        if seen[which].len() <= round {
            let mut times: Vec<f64> = (0..TIMES)
                .map(|number| match CHANGES.get(which) {
                    Some((_, change)) => one(&writer, &reader, *change, (round * TIMES + number) as u64 * 2),
                    None => trips.one(),
                })
                .collect();
            seen[which].push((percentile(&mut times, 50), percentile(&mut times, 99)));
        }
        let (middle, slow) = seen[which][round];
        if is_slow { slow } else { middle }
    });

    let trip = CHANGES.len() * 2;
    println!("µs from the writer's call until the reader no longer gives it: median (minimum; quartiles) of rounds\n");
    let mut table = Table::new(["", "p50", "p99", "p50 in round trips", "p99 in round trips"]);
    let names = CHANGES.iter().map(|(name, _)| format!("the key is {name}")).chain(["a round trip".to_owned()]);
    for (place, name) in names.enumerate() {
        let trips = |index: usize| format!("{:.2}", figures.ratio(index, trip).median);
        let micros = |index: usize| {
            let cost = figures.of(index);
            format!("{:.0} ({:.0} to {:.0})", cost.spread.median / 1e3, cost.spread.low / 1e3, cost.spread.high / 1e3)
        };
        let (middle, slow) = (place * 2, place * 2 + 1);
        table.row(vec![name, micros(middle), micros(slow), trips(middle), trips(slow)]);
    }
    table.print();
    let mut targets = Targets::new();
    for (place, (name, _)) in CHANGES.iter().enumerate() {
        let what = format!("{name}: p99 in round trips (their p50)");
        targets.at_most(what, 2.5, &figures.ratio(place * 2 + 1, trip));
    }
    targets.print();
    for (place, (name, _)) in CHANGES.iter().enumerate() {
        println!("{name}: p99 beside the p99 of round trips: {}", figures.ratio(place * 2 + 1, trip + 1));
    }
    println!();
}

/// Nanoseconds of one invalidation.
fn one(writer: &Blocking, reader: &Blocking, change: Change, old: u64) -> f64 {
    writer.set("a", old, TTL).expect("a store");
    bring_near(reader, old);
    let reads = AtomicBool::new(false);
    thread::scope(|scope| {
        let gone = scope.spawn(|| {
            loop {
                let began = now();
                if reader.get::<u64>("a").expect("a store") != Some(old) {
                    return began;
                }
                reads.store(true, Ordering::SeqCst);
                // The server and the handlers' threads need the processors too.
                thread::yield_now();
            }
        });
        while !reads.load(Ordering::SeqCst) {
            thread::yield_now();
        }
        let began = now();
        change(writer, old);
        let gone = gone.join().expect("the reader ends");
        gone.saturating_duration_since(began).as_nanos() as f64
    })
}

/// Reads until that asks no server.
fn bring_near(reader: &Blocking, value: u64) {
    loop {
        let began = now();
        let found = reader.get::<u64>("a").expect("a store");
        if found == Some(value) && began.elapsed() < NEAR {
            return;
        }
    }
}
