//! `kill -9` at any moment: what others read is whole, nobody is stuck, and nothing that was stored is lost.

use std::hash::{BuildHasher as _, Hasher as _};
use std::path::Path;
use std::time::{Duration, Instant};

use cache_core::{Clock, Env, Life};
use tempfile::TempDir;

use super::children::{Child, end_with_the_parent, role};
use super::tools::{Store, builder, generation, open, open_with, seconds};

const KEYS: u64 = 200;
/// Longer than any operation may take, whoever is killed meanwhile, on a machine that is busy with other tests.
const STALL: Duration = Duration::from_secs(10);

/// Numbers that follow from a seed.
struct Random(u64);

impl Random {
    /// From a seed that is said, so that a failure can be repeated: with `LARDER_TEST_SEED`.
    fn seeded() -> Self {
        let given = std::env::var("LARDER_TEST_SEED").ok().map(|seed| seed.parse().unwrap());
        let seed = given.unwrap_or_else(|| std::hash::RandomState::new().build_hasher().finish());
        println!("LARDER_TEST_SEED={seed}");
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

/// A value that says which it is: the seed, the key, and what follows from the seed.
fn value(key: u64, seed: u64) -> Vec<u8> {
    let mut random = Random(seed);
    let length = match random.below(100) {
        0 => 300_000,
        1..10 => random.below(40_000),
        _ => random.below(3_000),
    };
    let mut bytes = [seed.to_le_bytes(), key.to_le_bytes(), length.to_le_bytes()].concat();
    bytes.extend((0..length / 8).flat_map(|_| random.next().to_le_bytes()));
    bytes
}

/// Of a value, which has more bytes than a tombstone.
const LEAST: usize = 24;

fn assert_whole(key: u64, found: &[u8]) {
    if found.len() < LEAST {
        return assert_eq!(found.len(), 16, "the tombstone of {key} is not as it was written");
    }
    let seed = u64::from_le_bytes(*found.first_chunk().unwrap());
    assert!(found == value(key, seed), "the value of {key} is not as it was written");
}

/// A store on the clock of the system, which sees by itself when others begin a new generation.
fn open_now(directory: &Path) -> Store {
    open_with(builder(directory).threshold(KEYS as usize).max_bytes(64 << 20), &Env { clock: Clock::system() })
}

#[allow(clippy::disallowed_methods, reason = "how long it really takes is the question")]
fn now() -> Instant {
    Instant::now()
}

/// What the other processes do; nothing where no role is given.
#[test]
fn child() {
    let Some((role, directory)) = role() else { return };
    end_with_the_parent();
    match role.split_once(' ').unwrap() {
        ("write", name) => write_for_ever(&directory, name),
        ("open", name) => loop {
            let store = open_now(&directory);
            assert!(store.set(name, &value(0, 1)));
        },
        other => panic!("no such role: {other:?}"),
    }
}

fn write_for_ever(directory: &Path, name: &str) {
    let store = open_now(directory);
    let mut random = Random::seeded();
    for step in 0_u64.. {
        let key = random.below(KEYS);
        let text = key.to_string();
        match random.below(100) {
            0..4 => store.invalidate(&text, seconds(60)),
            4 => store.remove_matching(&format!("{}*", key % 20)),
            5..8 => drop(store.epoch(&text)),
            8..12 => assert!(store.set_for(&text, &value(key, random.next()), seconds(1))),
            _ => assert!(store.set(&text, &value(key, random.next()))),
        }
        assert!(store.set(&format!("progress {name}"), &step.to_le_bytes()));
    }
}

/// Reads every value once; gives how many there were.
fn read_all(store: &Store) -> usize {
    let found = (0..KEYS).filter_map(|key| Some((key, store.get(&key.to_string())?)));
    found.inspect(|(key, found)| assert_whole(*key, found)).count()
}

#[test]
fn a_hundred_kills_of_two_writers_tear_nothing_refuse_nothing_and_leave_nobody_stuck() {
    let directory = TempDir::new().unwrap();
    let mut random = Random::seeded();
    let mut store = open_now(directory.path());
    let first = generation(directory.path());
    let start = |name: &str| Child::again("kills::child", &format!("write {name}"), directory.path());
    let mut writers = ["one", "two"].map(|name| Some(start(name)));
    let (mut read, mut longest) = (0, Duration::ZERO);
    for round in 0..100 {
        let begun = now();
        let moment = Duration::from_millis(5 + random.below(65));
        while begun.elapsed() < moment {
            let (key, before) = (random.below(KEYS), now());
            let text = key.to_string();
            let found = if random.below(2) == 0 { store.get(&text) } else { store.glance(&text) };
            if let Some(found) = found {
                assert_whole(key, &found);
                read += 1;
            }
            longest = longest.max(before.elapsed());
        }
        let victims = match random.below(4) {
            0 => vec![0, 1],
            other => vec![usize::from(other > 2)],
        };
        for &victim in &victims {
            writers[victim].take().unwrap().kill();
        }
        let before = now();
        assert!(store.try_set("mine", &[7; 5_000], Life::FOREVER).unwrap(), "round {round}");
        assert_eq!(store.get("mine"), Some(vec![7; 5_000]));
        longest = longest.max(before.elapsed());
        if let [victim] = victims[..] {
            // Once more than it was at most under way with.
            for _ in 0..2 {
                longest = longest.max(progress(&store, ["two", "one"][victim]));
            }
        }
        assert!(longest < STALL, "in round {round} something took {longest:?}");
        if random.below(5) == 0 {
            drop(store);
            store = open_now(directory.path());
            assert!(read_all(&store) > 0, "round {round}");
        }
        for victim in victims {
            writers[victim] = Some(start(["one", "two"][victim]));
        }
    }
    writers.into_iter().flatten().for_each(Child::kill);
    drop(store);
    let store = open_now(directory.path());
    assert!(read_all(&store) > 10);
    assert!(read > 1_000, "only {read} values were read");
    assert_eq!(generation(directory.path()), first, "a kill is no reason to start empty");
    println!("{read} values read, the longest stall was {longest:?}");
}

/// How long it takes until a writer has written once more.
fn progress(store: &Store, name: &str) -> Duration {
    let (begun, key) = (now(), format!("progress {name}"));
    let before = store.get(&key);
    while store.get(&key) == before {
        assert!(begun.elapsed() < STALL, "the writer {name} survived and is stuck");
        std::thread::park_timeout(Duration::from_micros(200));
    }
    begun.elapsed()
}

#[test]
fn whoever_is_killed_while_it_opens_an_empty_directory_hinders_nobody() {
    let mut random = Random::seeded();
    for round in 0..40 {
        let directory = TempDir::new().unwrap();
        let openers =
            ["one", "two"].map(|name| Child::again("kills::child", &format!("open {name}"), directory.path()));
        std::thread::park_timeout(Duration::from_millis(random.below(25)));
        openers.into_iter().for_each(Child::kill);
        let before = now();
        let store = open_now(directory.path());
        assert!(store.set("mine", b"value"), "round {round}");
        assert_eq!(store.get("mine").as_deref(), Some(&b"value"[..]), "round {round}");
        assert!(before.elapsed() < STALL, "in round {round} it took {:?}", before.elapsed());
    }
}

#[test]
fn whoever_is_killed_while_it_opens_and_closes_loses_nothing_of_what_others_stored() {
    let directory = TempDir::new().unwrap();
    let mut random = Random::seeded();
    assert!(open(builder(&directory)).set("mine", b"value"));
    let mark = generation(directory.path()).join("mark");
    for round in 0..40 {
        let opener = Child::again("kills::child", "open one", directory.path());
        let (begun, moment) = (now(), Duration::from_millis(10 + random.below(40)));
        while begun.elapsed() < moment {
            // A kill at a moment where it is empty would cost everything that is there.
            assert!(std::fs::metadata(&mark).unwrap().len() > 0, "in round {round} the mark is empty for a moment");
        }
        opener.kill();
        let store = open_now(directory.path());
        assert_eq!(store.get("mine").as_deref(), Some(&b"value"[..]), "round {round}");
    }
}
