//! Annotated functions against a plain map: any sequence of calls and of all that can be asked of a function comes to the
//! same.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use larder::{Blocking, Ram, cached};
use proptest::prelude::*;

use crate::allocations::now;
use crate::install;

/// How many runs there were: each gives another value.
static RUNS: AtomicU64 = AtomicU64::new(0);

fn run() -> u64 {
    RUNS.fetch_add(1, SeqCst) + 1
}

#[cached(key = "{n}")]
fn number(n: u64) -> u64 {
    let _ = n;
    run()
}

#[cached(key = "{name}")]
fn text(name: &str) -> String {
    let _ = name;
    run().to_string()
}

#[cached(tags = ["tag:{n}"], key = "{n}")]
fn tagged(n: u64) -> Option<u64> {
    let _ = n;
    Some(run())
}

#[cached(key = "{n}")]
async fn later(n: u64) -> u64 {
    let _ = n;
    run()
}

/// One of the functions, and one of their keys.
type Place = (usize, u64);

const NAMES: [&str; 4] = ["number", "text", "tagged", "later"];

fn name(n: u64) -> String {
    "name ".repeat(n as usize) + &n.to_string()
}

fn parsed(value: Option<String>) -> Option<u64> {
    value.map(|value| value.parse().unwrap())
}

#[derive(Clone, Debug)]
enum Step {
    Call(Place),
    Refresh(Place),
    Prime(Place),
    Peek(Place),
    Invalidate(Place),
    Clear(usize),
    ClearMatching(Option<usize>),
    Tag(u64),
    ClearAll,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let place = || (0..NAMES.len(), 0_u64..6);
    let step = prop_oneof![
        20 => place().prop_map(Step::Call),
        2 => place().prop_map(Step::Refresh),
        2 => place().prop_map(Step::Prime),
        3 => place().prop_map(Step::Peek),
        3 => place().prop_map(Step::Invalidate),
        1 => (0..NAMES.len()).prop_map(Step::Clear),
        1 => proptest::option::weighted(0.8, 0..NAMES.len()).prop_map(Step::ClearMatching),
        1 => (0_u64..6).prop_map(Step::Tag),
        1 => Just(Step::ClearAll),
    ];
    proptest::collection::vec(step, 1..200)
}

fn call((function, n): Place) -> u64 {
    match function {
        0 => number(n),
        1 => text(&name(n)).parse().unwrap(),
        2 => tagged(n).unwrap(),
        _ => now(later(n)),
    }
}

fn refresh((function, n): Place) -> u64 {
    match function {
        0 => number::refresh(n),
        1 => text::refresh(&name(n)).parse().unwrap(),
        2 => tagged::refresh(n).unwrap(),
        _ => now(later::refresh(n)),
    }
}

fn prime((function, n): Place, value: u64) {
    match function {
        0 => number::prime(n, value),
        1 => text::prime(&name(n), value.to_string()),
        2 => tagged::prime(n, value),
        _ => now(later::prime(n, value)),
    }
    .unwrap();
}

fn peek((function, n): Place) -> Option<u64> {
    match function {
        0 => number::peek(n).unwrap(),
        1 => parsed(text::peek(&name(n)).unwrap()),
        2 => tagged::peek(n).unwrap(),
        _ => now(later::peek(n)).unwrap(),
    }
}

fn invalidate((function, n): Place) {
    match function {
        0 => number::invalidate(n),
        1 => text::invalidate(&name(n)),
        2 => tagged::invalidate(n),
        _ => now(later::invalidate(n)),
    }
    .unwrap();
}

fn clear(function: usize) {
    match function {
        0 => number::clear(),
        1 => text::clear(),
        2 => tagged::clear(),
        _ => now(later::clear()),
    }
    .unwrap();
}

fn take(step: &Step, map: &mut HashMap<Place, u64>, cache: &Blocking) {
    match *step {
        Step::Call(place) => {
            let next = RUNS.load(SeqCst) + 1;
            let expected = *map.entry(place).or_insert(next);
            assert_eq!(call(place), expected);
        }
        Step::Refresh(place) => {
            let next = RUNS.load(SeqCst) + 1;
            assert_eq!(refresh(place), next);
            map.insert(place, next);
        }
        Step::Prime(place) => {
            let value = run();
            prime(place, value);
            map.insert(place, value);
        }
        Step::Peek(place) => assert_eq!(peek(place), map.get(&place).copied()),
        Step::Invalidate(place) => {
            invalidate(place);
            map.remove(&place);
        }
        Step::Clear(function) => {
            clear(function);
            map.retain(|(other, _), _| *other != function);
        }
        Step::ClearMatching(Some(function)) => {
            cache.clear_matching(&format!("*{}:*", NAMES[function])).unwrap();
            map.retain(|(other, _), _| *other != function);
        }
        Step::Tag(n) => {
            cache.invalidate_tag(&format!("tag:{n}")).unwrap();
            map.remove(&(2, n));
        }
        Step::ClearMatching(None) => {
            cache.clear_matching("*").unwrap();
            map.clear();
        }
        Step::ClearAll => {
            cache.clear().unwrap();
            map.clear();
        }
    }
}

fn compare(steps: &[Step]) {
    let (mut map, cache) = (HashMap::new(), larder::cache().blocking());
    cache.clear().unwrap();
    steps.iter().for_each(|step| take(step, &mut map, &cache));
    let runs = RUNS.load(SeqCst);
    map.into_iter().for_each(|(place, value)| assert_eq!(call(place), value));
    assert_eq!(RUNS.load(SeqCst), runs, "all of it is there");
}

#[test]
fn any_calls_come_to_the_same_as_with_a_plain_map() {
    install(Ram::builder());
    proptest!(|(steps in steps())| compare(&steps));
}

#[test]
fn any_calls_come_to_the_same_in_many_shards() {
    install(Ram::builder().threshold(20_000));
    proptest!(|(steps in steps())| compare(&steps));
}
