//! What is counted of entries is true, whatever became of them: a store that went through a lot holds as much as a new one.

use std::time::Duration;

use cache_core::Life;
use tempfile::TempDir;

use super::tools::{Store, builder, generation, open, open_with, seconds};

const KEYS: u64 = 60;
const LARGE: usize = 300 << 10;

/// A congruential generator, whose upper bits are good enough.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize]
    }
}

/// Does one of all that changes what is counted.
fn act(store: &Store, random: &mut Random) {
    let key = random.below(KEYS).to_string();
    let life = random.of(&[seconds(1), seconds(5), seconds(60), seconds(10_000), Life::FOREVER]);
    match random.below(40) {
        0 => store.remove(&key),
        1 => store.invalidate(&key, random.of(&[seconds(1), seconds(60), seconds(3_600)])),
        2 | 3 => store.clock.advance(Duration::from_millis(random.below(3_000))),
        4..=7 => drop(store.get(&key)),
        8 if random.below(20) == 0 => store.remove_matching(&format!("{}*", random.below(6))),
        9 if random.below(40) == 0 => store.reclaim(),
        10 => assert!(store.set_for(&key, &vec![7; LARGE], life)),
        _ => {
            let length = random.of(&[5, 100, 1_990, 3_000, 20_000]) + random.below(60) as usize;
            assert!(store.set_for(&key, &vec![7; length], life));
        }
    }
}

/// How many values there are in the end, of more than there may be.
fn fill(store: &Store) -> usize {
    let keys: Vec<String> = (0..2_000).map(|key| format!("last {key}")).collect();
    for (number, key) in keys.iter().enumerate() {
        store.set(key, &vec![7; [10, 10_000][number % 2]]);
    }
    keys.iter().filter(|key| store.get(key).is_some()).count()
}

#[test]
fn a_store_that_went_through_a_lot_holds_as_much_as_a_new_one() {
    for (threshold, max_bytes) in [(40, 1 << 30), (10_000, 4 << 20), (10_000, 1 << 20)] {
        let bounds = |directory: &TempDir| builder(directory).threshold(threshold).max_bytes(max_bytes);
        let (directory, new) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let (mut store, mut random) = (open(bounds(&directory)), Random(max_bytes));
        for step in 1..=4_000 {
            act(&store, &mut random);
            if step % 1_000 == 0 {
                let clock = store.clock.clone();
                drop(store);
                store = open_with(bounds(&directory), &cache_core::Env { clock });
            }
        }
        let expected = fill(&open(bounds(&new)));
        assert_eq!(fill(&store), expected, "for {threshold} entries of {max_bytes} bytes");
        let files = std::fs::read_dir(generation(directory.path()).join("values"));
        assert_eq!(files.map_or(0, Iterator::count), 0, "files of values that are gone");
    }
}
