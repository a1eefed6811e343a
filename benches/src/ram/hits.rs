//! A hit on one thread.

use crate::annotated;
use crate::clock::hit;
use crate::contender::{About, Contender, FLOOR, LARDER, index_of, is_peer};
use crate::figures::Figures;
use crate::keys::{hot, uniform};
use crate::report::{Table, Targets, mark};
use crate::shape::{Number, Shape, Shared, Text, TextArgs};
use crate::{ENTRIES, ROUNDS, peers, peers_cached};

/// What a hit of each contender costs on a hot key and over many keys: what the chart shows.
pub struct Hits {
    pub signature: &'static str,
    pub rows: Vec<(About, f64, f64)>,
}

/// The limits of a shape, each for a hot key and for many.
struct Goals {
    /// At most so many times the floor.
    floor: [f64; 2],
    /// At least so many times as fast as `cached` with a ttl and a size.
    cached: Option<[f64; 2]>,
    /// At least as fast as the fastest of all.
    any: bool,
}

pub fn measure() -> Vec<Hits> {
    vec![
        table::<Number>(numbers(), &Goals { floor: [1.5, 3.5], cached: Some([10.0, 5.0]), any: true }),
        table::<Text>(texts(), &Goals { floor: [1.25, 1.25], cached: Some([3.0, 2.0]), any: true }),
        table::<Shared>(shared(), &Goals { floor: [1.25, 1.6], cached: None, any: false }),
    ]
}

const OURS: About = About::new(LARDER, "").ttl().bound();
pub const CACHED: About = About::new("cached", "#[cached(ttl, max_size)]").ttl().bound();
const CACHED_BARE: About = About::new("cached", "#[cached]");
const CONCURRENT: About = About::new("cached", "#[concurrent_cached(ttl, max_size)]").ttl().bound();

pub fn numbers() -> Vec<Contender<u64>> {
    with_peers::<Number>(vec![
        Contender::new(OURS, annotated::number),
        Contender::new(CACHED_BARE, peers_cached::bare::number),
        Contender::new(CACHED, peers_cached::timed::number),
        Contender::new(CONCURRENT, peers_cached::concurrent::number),
    ])
}

pub fn texts() -> Vec<Contender<TextArgs>> {
    with_peers::<Text>(vec![
        Contender::new(OURS, |TextArgs(name, id)| annotated::text(name, id)),
        Contender::new(CACHED_BARE, |TextArgs(name, id)| peers_cached::bare::text(name, id)),
        Contender::new(CACHED, |TextArgs(name, id)| peers_cached::timed::text(name, id)),
        Contender::new(CONCURRENT, |TextArgs(name, id)| peers_cached::concurrent::text(name, id)),
    ])
}

fn shared() -> Vec<Contender<u64>> {
    with_peers::<Shared>(vec![
        Contender::new(OURS, annotated::shared),
        Contender::new(CACHED_BARE, peers_cached::bare::shared),
        Contender::new(CACHED, peers_cached::timed::shared),
        Contender::new(CONCURRENT, peers_cached::concurrent::shared),
    ])
}

fn with_peers<S: Shape>(mut contenders: Vec<Contender<S::Args>>) -> Vec<Contender<S::Args>> {
    contenders.insert(1, peers::floor::<S>(&uniform::<S>()));
    contenders.extend(peers::timed::<S>(ENTRIES));
    contenders.extend(peers::bounded::<S>(ENTRIES));
    contenders.extend(peers::maps::<S>());
    contenders
}

fn table<S: Shape>(contenders: Vec<Contender<S::Args>>, goals: &Goals) -> Hits {
    let sequences = [hot::<S>(), uniform::<S>()];
    let figures =
        sequences.map(|keys| Figures::take(ROUNDS, contenders.len(), |_, index| hit(&contenders[index], &keys)));
    let of = |about: About| index_of(&contenders, about.name, about.form);
    let (larder, floor) = (of(OURS), of(About::new(FLOOR, "")));

    println!("## A hit, one thread: `{}`\n\nns a call: median (minimum; quartiles)\n", S::SIGNATURE);
    let mut table = Table::new(["", "ttl", "bound", "hot key", "/ F", "10,000 keys", "/ F"]);
    let mut rows = Vec::new();
    for (index, contender) in contenders.iter().enumerate() {
        let about = contender.about;
        let mut cells = vec![about.title(), mark(about.ttl), mark(about.bound)];
        for figures in &figures {
            cells.extend([figures.of(index).to_string(), format!("{:.2}", figures.ratio(index, floor).median)]);
        }
        table.row(cells);
        let median = |figures: &Figures| figures.of(index).spread.median;
        rows.push((about, median(&figures[0]), median(&figures[1])));
    }
    table.print();

    let mut targets = Targets::new();
    for (which, (figures, keys)) in figures.iter().zip(["hot key", "10,000 keys"]).enumerate() {
        targets.at_most(format!("{keys}: beside F"), goals.floor[which], &figures.ratio(larder, floor));
        if let Some(least) = goals.cached {
            let what = format!("{keys}: times as fast as {}", CACHED.title());
            targets.at_least(what, least[which], &figures.ratio(of(CACHED), larder));
        }
        if goals.any {
            let peer = figures.best(|index| is_peer(&contenders[index].about));
            let what = format!("{keys}: beside the fastest, {}", contenders[peer].about.title());
            targets.at_least(what, 1.0, &figures.ratio(peer, larder));
        }
    }
    targets.print();
    Hits { signature: S::SIGNATURE, rows }
}
