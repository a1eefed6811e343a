//! Maps and sets are keyed by what they hold, in whatever order it was put in.
#![deny(warnings)]

use larder::cached;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

#[cached]
fn hashed(map: &HashMap<String, f64>, set: HashSet<(u8, u8)>) -> usize {
    map.len() + set.len()
}

#[cached]
fn sorted(map: BTreeMap<u8, &str>, set: &BTreeSet<u8>) -> usize {
    map.len() + set.len()
}

fn main() {
    let _lab = larder::test::lab();
    let names = ["a", "b", "c", "d", "e"].map(str::to_owned);
    let forward: HashMap<String, f64> = names.iter().cloned().zip([1.0, 2.0, 3.0, 4.0, 5.0]).collect();
    let backward: HashMap<String, f64> = names.iter().rev().cloned().zip([5.0, 4.0, 3.0, 2.0, 1.0]).collect();
    let other: HashMap<String, f64> = names.iter().cloned().zip([5.0, 4.0, 3.0, 2.0, 1.0]).collect();
    let pairs = [(1, 2), (3, 4), (5, 6)];
    assert_eq!(hashed(&forward, HashSet::from(pairs)), 8);
    assert_eq!(hashed(&backward, pairs.into_iter().rev().collect()), 8);
    assert_eq!((hashed::stats().runs, hashed(&other, HashSet::from(pairs)), hashed::stats().runs), (1, 8, 2));
    assert_eq!(hashed(&forward, HashSet::from([(2, 1), (3, 4), (5, 6)])), 8);
    assert_eq!(hashed::stats().runs, 3);
    for _ in 0..2 {
        assert_eq!(sorted(BTreeMap::from([(1, "a"), (2, "b")]), &BTreeSet::from([1])), 3);
        assert_eq!(sorted(BTreeMap::from([(1, "ab"), (2, "")]), &BTreeSet::from([1])), 3);
    }
    assert_eq!(sorted::stats().runs, 2);
}
