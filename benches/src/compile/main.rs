//! What annotated functions cost to compile: larder beside the crate `cached`.
//!
//! `just bench-compile` takes some minutes and prints a table; `just bench-compile 9` takes nine rounds instead of five.
//!
//! The same crate of 300 functions `(u64, &str, Option<u32>) -> Result<Vec<String>, String>` is written several times: with
//! no attribute, with `#[cached]` of `cached` 4 (whose companions `_no_cache` and `_prime_cache` cannot be left out), with
//! larder's without and with companions; once with `fn` and once with `async fn`. The dependencies are built before.
//! Each crate is then removed from the target folder and built again: `cargo build` and `cargo check` as a user has them,
//! in the profile `dev`. Taken are the time on the wall and the peak memory of the largest process, the compiler's.
//!
//! Every round builds every crate, in an order that is shuffled; ratios are taken within a round, before the median.
//! The quartiles in brackets say how calm the machine was.

mod crates;
#[path = "../rounds.rs"]
mod rounds;
mod run;

use rounds::{Shuffle, Spread, met};
use run::{Cost, cost};

use crate::crates::{Kind, Sources};

/// What may be at most: without companions as dear as `cached`, with all of them twice that.
const GOALS: [(Kind, f64); 2] = [(Kind::Larder, 1.0), (Kind::LarderWithCompanions, 2.0)];

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let rounds = match arguments.as_slice() {
        [] => 5,
        [rounds] => rounds.parse().expect("the number of rounds"),
        arguments => return run::measure(arguments),
    };
    for asynchronous in [false, true] {
        let sources = Sources::write(asynchronous);
        for command in ["build", "check"] {
            println!("`cargo {command}` of 300 functions, {}", if asynchronous { "async" } else { "sync" });
            table(&take(&sources, command, rounds), command == "build");
            println!();
        }
    }
}

/// For each round, what each kind of crate cost.
fn take(sources: &Sources, command: &str, rounds: usize) -> Vec<Vec<Cost>> {
    // The dependencies, and one round that does not count.
    for kind in Kind::ALL {
        cost(sources, kind, command);
    }
    let mut shuffle = Shuffle(7);
    let mut round = || {
        let mut costs = vec![Cost::default(); Kind::ALL.len()];
        for index in shuffle.order(Kind::ALL.len()) {
            costs[index] = cost(sources, Kind::ALL[index], command);
        }
        costs
    };
    (0..rounds).map(|_| round()).collect()
}

fn table(rounds: &[Vec<Cost>], has_goal: bool) {
    let of = |kind: Kind| Kind::ALL.iter().position(|other| *other == kind).expect("a kind");
    let peer = of(Kind::Cached);
    println!("  {:<28} {:>9} {:>9}   {:<22} peak memory", "", "seconds", "peak MB", "time beside `cached`");
    for (index, kind) in Kind::ALL.into_iter().enumerate() {
        let each = |what: fn(&Cost) -> f64| rounds.iter().map(move |round| what(&round[index]));
        let ratio =
            |what: fn(&Cost) -> f64| Spread::of(rounds.iter().map(|round| what(&round[index]) / what(&round[peer])));
        let (time, memory) = (ratio(|cost| cost.seconds), ratio(|cost| cost.megabytes));
        let goal = GOALS.iter().find(|(of, _)| *of == kind && has_goal);
        let verdict =
            goal.map_or(String::new(), |(_, most)| format!("  at most {most:.1}: {}", met(time.median <= *most)));
        println!(
            "  {:<28} {:>9.2} {:>9.0}   {:<22} {:.2}{verdict}",
            kind.title(),
            Spread::of(each(|cost| cost.seconds)).median,
            Spread::of(each(|cost| cost.megabytes)).median,
            time.to_string(),
            memory.median,
        );
    }
}
