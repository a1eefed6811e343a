//! Calls of which some miss, since there are more keys than a cache may keep.

use crate::contender::{About, Contender, LARDER, index_of};
use crate::cores::{together, two};
use crate::figures::Figures;
use crate::keys::Zipf;
use crate::report::{Table, Targets, mark};
use crate::rounds::now;
use larder_benches::runs::runs;

use crate::shape::Number;
use crate::{ROUNDS, annotated, peers, peers_cached};

/// How many entries each cache may keep, and of how many keys.
pub const HELD: usize = 10_000;
const KEYS: u64 = 100_000;

/// How many calls a turn makes, and how many warm up.
const CALLS: usize = 40_000;
const WARM: usize = 1_000_000;

const CACHED: About = About::new("cached", "#[cached(ttl, max_size)]").ttl().bound();
const LRU: About = About::new("cached", "#[cached(max_size)]").bound();

pub fn measure() {
    println!("## Misses: Zipf(0.99) over {KEYS} keys, {HELD} entries, a trivial body\n");
    let contenders = contenders();
    let processors = two();
    let zipf = Zipf::new(KEYS, 0.99);
    let sequences = [20, 21].map(|seed| zipf.take(WARM + ROUNDS * CALLS, seed));
    for contender in &contenders {
        contender.pass(&sequences[0][..WARM]);
    }
    for threads in 1..=processors.len() {
        table(&contenders, &sequences, &processors[..threads]);
    }
    if processors.len() < 2 {
        println!("Two threads are left out: this process may use one core only.\n");
    }
}

fn contenders() -> Vec<Contender<u64>> {
    let mut contenders = vec![
        Contender::new(About::new(LARDER, "").ttl().bound(), annotated::zipf),
        Contender::new(CACHED, peers_cached::zipf::timed),
        Contender::new(LRU, peers_cached::zipf::lru),
        Contender::new(
            About::new("cached", "#[concurrent_cached(ttl, max_size)]").ttl().bound(),
            peers_cached::zipf::concurrent,
        ),
        Contender::new(
            About::new("cached", "#[concurrent_cached(max_size)]").bound(),
            peers_cached::zipf::concurrent_lru,
        ),
    ];
    contenders.extend(peers::timed::<Number>(HELD));
    contenders.extend(peers::bounded::<Number>(HELD));
    contenders.push(peers::hash_cache::<Number>(HELD));
    contenders
}

/// What a call takes each of the threads on average, and how many of the calls ran the body.
fn turn(contender: &Contender<u64>, sequences: &[Vec<u64>], round: usize, processors: &[usize]) -> (f64, u64) {
    let seen = together(processors, |thread, start| {
        let from = WARM + round * CALLS;
        let keys = &sequences[thread][from..from + CALLS];
        start();
        let (before, began) = (runs(), now());
        contender.pass(keys);
        (began.elapsed().as_nanos() as f64 / CALLS as f64, runs() - before)
    });
    (seen.iter().map(|(cost, _)| cost).sum::<f64>() / seen.len() as f64, seen.iter().map(|(_, runs)| runs).sum())
}

fn table(contenders: &[Contender<u64>], sequences: &[Vec<u64>], processors: &[usize]) {
    let mut missed = vec![0; contenders.len()];
    let figures = Figures::take(ROUNDS, contenders.len(), |round, index| {
        let (cost, runs) = turn(&contenders[index], sequences, round, processors);
        missed[index] += runs;
        cost
    });
    let larder = index_of(contenders, LARDER, "");
    let threads = processors.len();

    let title = if threads == 1 { "One thread" } else { "Two threads" };
    println!("{title}, ns a call of each: median (minimum; quartiles)\n");
    let mut table = Table::new(["", "ttl", "bound", "a call", "misses, %", "larder is times as fast"]);
    for (index, contender) in contenders.iter().enumerate() {
        let about = contender.about;
        table.row(vec![
            about.title(),
            mark(about.ttl),
            mark(about.bound),
            figures.of(index).to_string(),
            format!("{:.1}", missed[index] as f64 / (ROUNDS * CALLS * threads) as f64 * 100.0),
            format!("{:.2}", figures.ratio(index, larder).median),
        ]);
    }
    table.print();

    let mut targets = Targets::new();
    for (peer, least, stretch) in [(CACHED, 1.5, ""), (LRU, 1.0, " (stretch)")] {
        let index = index_of(contenders, peer.name, peer.form);
        let what = format!("times as fast as {}{stretch}", peer.title());
        targets.at_least(what, least, &figures.ratio(index, larder));
    }
    targets.print();
}
