//! How long it takes until a process that waits for another one's run has its result.
//!
//! This process runs, and a child waits. Both say when by the machine's date, which is one for both.

use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use larder_benches::child;
use larder_benches::figures::Figures;
use larder_benches::report::{Table, Targets};
use larder_benches::talk::Talk;
use tokio::runtime::Runtime;

use crate::at_once::WAYS;
use crate::server::Server;
use crate::trips::{Trips, percentile};
use crate::{ROUNDS, annotated};

/// How many waits a round has.
const TIMES: usize = 11;

/// How long a run goes on when the other process said that it will call now, so that it surely waits.
const UNTIL_IT_WAITS: Duration = Duration::from_millis(10);

/// Whether a run is under way, may end, and when it did.
static RUNS: AtomicBool = AtomicBool::new(false);
static MAY_END: AtomicBool = AtomicBool::new(false);
static ENDED: AtomicU64 = AtomicU64::new(0);
static IS_CHILD: AtomicBool = AtomicBool::new(false);

const KINDS: [&str; 2] = ["async", "sync"];

/// What a run of a shared function does.
pub fn body() {
    assert!(!IS_CHILD.load(Ordering::SeqCst), "the process that was to wait has run");
    RUNS.store(true, Ordering::SeqCst);
    while !MAY_END.load(Ordering::SeqCst) {
        thread::park_timeout(Duration::from_micros(200));
    }
    ENDED.store(date(), Ordering::SeqCst);
}

pub fn measure(server: &Server) {
    println!("## A process that waits for another one's run\n");
    let mut other = Talk::start(&mut child::command(&["wait", &server.port.to_string()])).expect("a child");
    assert_eq!(other.hear(), "ready");
    let (runtime, trips) = (WAYS[0].runtime(), Trips::new(server));
    let mut last = 0;
    // Of each kind from the end of the run and from the leader's return, and a round trip.
    let mut seen = vec![Vec::new(); KINDS.len()];
    let figures = Figures::take(ROUNDS, KINDS.len() * 2 + 1, |round, index| {
        let Some(kind) = KINDS.get(index / 2) else {
            let mut times: Vec<f64> = (0..TIMES * 5).map(|_| trips.one()).collect();
            return percentile(&mut times, 50);
        };
        if seen[index / 2].len() <= round {
            let waits = (0..TIMES).map(|_| {
                last += 1;
                one(&runtime, &mut other, kind, last)
            });
            let (mut from_end, mut from_return): (Vec<_>, Vec<_>) = waits.unzip();
            seen[index / 2].push((percentile(&mut from_end, 50), percentile(&mut from_return, 50)));
        }
        let (from_end, from_return) = seen[index / 2][round];
        if index % 2 == 0 { from_end } else { from_return }
    });
    report(&figures);
}

fn report(figures: &Figures) {
    let trip = KINDS.len() * 2;
    println!("p50 until the waiter has the value, µs: median (minimum; quartiles) of rounds\n");
    let mut table = Table::new(["", "µs", "in round trips"]);
    let names = KINDS.iter().flat_map(|kind| {
        let what = |since| format!("{kind}, since {since}");
        [what("the run ended, which is before its commit"), what("the leader's call returned, behind its commit")]
    });
    for (index, name) in names.chain(["a round trip".to_owned()]).enumerate() {
        let spread = figures.of(index).spread;
        let micros = format!("{:.0} ({:.0} to {:.0})", spread.median / 1e3, spread.low / 1e3, spread.high / 1e3);
        table.row(vec![name, micros, figures.ratio(index, trip).to_string()]);
    }
    table.print();
    let mut targets = Targets::new();
    for (place, kind) in KINDS.iter().enumerate() {
        targets.at_most(format!("{kind}: round trips since the run ended"), 6.0, &figures.ratio(place * 2, trip));
    }
    targets.print();
}

/// Nanoseconds until the other process has the result: since the run ended, and since its caller had it.
fn one(runtime: &Runtime, other: &mut Talk, kind: &str, id: u64) -> (f64, f64) {
    RUNS.store(false, Ordering::SeqCst);
    MAY_END.store(false, Ordering::SeqCst);
    let returned = thread::scope(|scope| {
        let leader = scope.spawn(|| {
            call(runtime, kind, id);
            date()
        });
        while !RUNS.load(Ordering::SeqCst) {
            thread::yield_now();
        }
        other.tell(&format!("{kind} {id}"));
        assert_eq!(other.hear(), "waiting");
        thread::park_timeout(UNTIL_IT_WAITS);
        MAY_END.store(true, Ordering::SeqCst);
        leader.thread().unpark();
        leader.join().expect("the run ends")
    });
    let had: u64 = other.hear().parse().expect("a date");
    let since = |date: u64| had as f64 - date as f64;
    (since(ENDED.load(Ordering::SeqCst)), since(returned))
}

fn call(runtime: &Runtime, kind: &str, id: u64) {
    let found = if kind == "sync" { annotated::sync_shared(id) } else { runtime.block_on(annotated::shared(id)) };
    assert_eq!(found, id);
}

/// The process that waits.
pub fn child(port: u16) {
    IS_CHILD.store(true, Ordering::SeqCst);
    annotated::install(port);
    let runtime = WAYS[0].runtime();
    let say = |line: &str| {
        println!("{line}");
        std::io::stdout().flush().expect("somebody listens");
    };
    say("ready");
    for line in std::io::stdin().lines() {
        let line = line.expect("a line");
        let (kind, id) = line.split_once(' ').expect("a kind and a number");
        say("waiting");
        call(&runtime, kind, id.parse().expect("a number"));
        say(&date().to_string());
    }
}

/// Nanoseconds of the machine's date.
#[allow(clippy::disallowed_methods, reason = "two processes have one date, and no other clock in common")]
fn date() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64)
}
