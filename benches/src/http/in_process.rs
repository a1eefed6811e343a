//! Calls of the app without any network.

use axum::body::Body;
use axum::http::Request;

use crate::apps::{Contender, ENTRIES, KEPT, NOT_KEPT, request};
use crate::rounds::{Shuffle, Spread, met, now};

const ROUNDS: usize = 41;
const CALLS: usize = 400;

/// Which of the contenders is which; the peers come behind.
const BARE: usize = 0;
const LARDER: usize = 1;

/// For each round, what a call took each of the contenders, in nanoseconds.
type Rounds = Vec<Vec<f64>>;

pub async fn hits(contenders: &[Contender]) {
    for (index, contender) in contenders.iter().enumerate() {
        contender.check(index != BARE).await;
        timed(contender, (0..CALLS).map(|_| request(KEPT)).collect()).await;
    }
    let before: Vec<_> = contenders.iter().map(Contender::runs).collect();
    let rounds = rounds(contenders, || request(KEPT)).await;
    for (contender, before) in contenders.iter().zip(before).skip(LARDER) {
        assert_eq!(contender.runs(), before, "a hit of {} ran the handler", contender.name);
    }

    println!("A hit, in process (ns a call; larder's time divided by a peer's: target at most 0.50)");
    for (index, contender) in contenders.iter().enumerate() {
        let cost = Spread::of(rounds.iter().map(|round| round[index]));
        let ratio = Spread::of(rounds.iter().map(|round| round[LARDER] / round[index]));
        let verdict = if index > LARDER { met(ratio.median <= 0.5) } else { "" };
        let ratio = if index == LARDER { String::new() } else { ratio.to_string() };
        println!("  {:<32} {:>8.0}   {ratio:<26}{verdict}", contender.title(), cost.median);
    }
    println!();
}

pub async fn misses(contenders: &[Contender]) {
    let mut number = 0;
    for contender in contenders {
        // A store that drops some of what is new takes longer to fill up than its size.
        for _ in 0..ENTRIES * 2 {
            contender.call(fresh(KEPT, &mut number)).await;
        }
    }
    let larder = &contenders[LARDER];
    let (uri, before) = (format!("{KEPT}?n={number}"), larder.runs());
    larder.call(request(&uri)).await;
    larder.call(request(&uri)).await;
    assert_eq!(larder.runs(), before + 1, "a full larder still keeps what is new");

    for (path, what) in [(KEPT, "kept, in place of another"), (NOT_KEPT, "`no-store`")] {
        let before: Vec<_> = contenders.iter().map(Contender::runs).collect();
        let rounds = rounds(contenders, || fresh(path, &mut number)).await;
        for (contender, before) in contenders.iter().zip(before) {
            assert_eq!(contender.runs() - before, (ROUNDS * CALLS) as u64, "{} had hits", contender.name);
        }
        println!("A miss, in process: {what} (µs added to the call without a cache; target at most 5.00)");
        for (index, contender) in contenders.iter().enumerate().skip(LARDER) {
            let added = Spread::of(rounds.iter().map(|round| (round[index] - round[BARE]) / 1000.0));
            let verdict = if contender.name.starts_with("larder") { met(added.median <= 5.0) } else { "" };
            println!("  {:<32} {:>8}   {:<26}{verdict}", contender.title(), "", added.to_string());
        }
        println!();
    }
}

/// A request to an address that nobody asked for before.
fn fresh(path: &str, number: &mut u64) -> Request<Body> {
    *number += 1;
    request(&format!("{path}?n={number}"))
}

async fn rounds(contenders: &[Contender], mut request: impl FnMut() -> Request<Body>) -> Rounds {
    let mut shuffle = Shuffle(1);
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let mut round = vec![0.0; contenders.len()];
        for index in shuffle.order(contenders.len()) {
            round[index] = timed(&contenders[index], (0..CALLS).map(|_| request()).collect()).await;
        }
        rounds.push(round);
    }
    rounds
}

/// How long a request takes on average, in nanoseconds.
async fn timed(contender: &Contender, requests: Vec<Request<Body>>) -> f64 {
    let count = requests.len();
    let start = now();
    let mut bytes = 0;
    for request in requests {
        bytes += contender.call(request).await;
    }
    let elapsed = start.elapsed();
    assert!(bytes >= count * 1000, "{} lost bodies", contender.name);
    elapsed.as_nanos() as f64 / count as f64
}
