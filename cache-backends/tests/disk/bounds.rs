//! `threshold`, `max_bytes` and the size of the map are hard bounds.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::Duration;

use cache_core::Life;
use tempfile::TempDir;

use super::tools::{Store, builder, generation, open, seconds};

fn there(store: &Store, keys: std::ops::Range<usize>) -> Vec<usize> {
    keys.filter(|key| store.get(&key.to_string()).is_some()).collect()
}

#[test]
fn threshold_is_a_hard_bound_whatever_is_read() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory).threshold(10));
    for key in 0..100 {
        store.set(&key.to_string(), b"value");
        assert!(there(&store, 0..key + 1).len() <= 10);
    }
    assert_eq!(there(&store, 0..100).len(), 10);
}

#[test]
fn of_what_nobody_reads_the_oldest_go_first() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory).threshold(10));
    (0..100).for_each(|key| assert!(store.set(&key.to_string(), b"value")));
    // A value that was written again is young.
    store.set("90", b"value");
    store.set("100", b"value");
    assert_eq!(there(&store, 0..101), [90, 92, 93, 94, 95, 96, 97, 98, 99, 100]);
}

#[test]
fn what_was_written_again_goes_as_if_it_had_come_then() {
    for seed in 1..=20_u64 {
        let directory = TempDir::new().unwrap();
        let store = open(builder(&directory).threshold(8));
        let (mut random, mut expected) = (seed, Vec::new());
        for _ in 0..seed * 20 {
            // A congruential generator, whose upper bits are good enough.
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let key = (random >> 33) as usize % 12;
            expected.retain(|there| *there != key);
            if random >> 60 == 0 {
                store.remove(&key.to_string());
            } else {
                assert!(store.set(&key.to_string(), b"value"));
                expected.push(key);
            }
            expected.drain(..expected.len().saturating_sub(8));
        }
        expected.sort_unstable();
        assert_eq!(there(&store, 0..12), expected, "seed {seed}");
    }
}

#[test]
fn what_is_removed_was_there_and_not_written_again_since() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory).threshold(10_000));
    for value in [b"first", b"again"] {
        (0..2_500).for_each(|key| assert!(store.set(&key.to_string(), value)));
    }
    store.reclaim();
    assert_eq!(there(&store, 0..2_500), Vec::<usize>::new());
    (0..100).for_each(|key| assert!(store.set(&key.to_string(), b"later")));
    assert_eq!(there(&store, 0..100).len(), 100);
}

#[test]
fn a_value_gives_back_its_room_when_its_own_life_ends_whatever_those_before_it_had() {
    let (lives, pauses) = ([Some(10), Some(1_000), None], [0, 11]);
    for number in 0..3 * 3 * 3 * 2 * 2 {
        let lives = [number % 3, number / 3 % 3, number / 9 % 3].map(|life: usize| lives[life]);
        let pauses = [0, number / 27 % 2, number / 54].map(|pause: usize| pauses[pause]);
        let directory = TempDir::new().unwrap();
        let store = open(builder(&directory).threshold(2));
        store.set("older", b"value");
        for (life, pause) in lives.into_iter().zip(pauses) {
            store.clock.advance(Duration::from_secs(pause));
            // Whoever writes looks at what was to be over by now.
            store.remove("nothing");
            store.set_for("value", b"value", life.map_or(Life::FOREVER, seconds));
        }
        store.clock.advance(Duration::from_secs(lives[2].unwrap_or(5_000) - 1));
        store.remove("nothing");
        assert!(store.get("value").is_some(), "it went too soon: {lives:?}, after {pauses:?}");
        store.clock.advance(Duration::from_secs(1));
        store.set("younger", b"value");
        // The other one was not read lately, so it goes unless there is room.
        assert_eq!(store.get("older").is_some(), lives[2].is_some(), "{lives:?}, after {pauses:?}");
    }
}

#[test]
fn what_was_read_lately_stays_however_much_was_written_again() {
    for read in 0..40 {
        let directory = TempDir::new().unwrap();
        let store = open(builder(&directory).threshold(40));
        (0..80).for_each(|key| assert!(store.set(&(key % 40).to_string(), b"value")));
        assert!(store.get(&read.to_string()).is_some());
        store.set("40", b"value");
        assert!(store.get(&read.to_string()).is_some(), "{read} went, which was read, and not one of the others");
    }
}

#[test]
fn what_was_read_lately_stays() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory).threshold(100));
    (0..100).for_each(|key| assert!(store.set(&key.to_string(), b"value")));
    for key in 100..1_000 {
        // Five of the oldest are asked for again and again, the others never.
        assert!((0..5).all(|hot| store.get(&hot.to_string()).is_some()), "at {key}");
        store.set(&key.to_string(), b"value");
    }
    assert_eq!(there(&store, 0..1_000).len(), 100);
    // Without being asked for they go like any other.
    (1_000..1_400).for_each(|key| assert!(store.set(&key.to_string(), b"value")));
    assert!((0..5).all(|cold| store.get(&cold.to_string()).is_none()));
}

#[test]
fn what_is_stored_is_there_however_much_of_the_rest_was_read() {
    for threshold in 1..12 {
        let directory = TempDir::new().unwrap();
        let store = open(builder(&directory).threshold(threshold));
        (0..threshold).for_each(|key| assert!(store.set(&key.to_string(), b"value")));
        for key in threshold..threshold + 20 {
            assert_eq!(there(&store, 0..key).len(), threshold);
            assert!(store.set(&key.to_string(), b"value"));
            assert!(store.get(&key.to_string()).is_some(), "{key} made room for itself, of {threshold}");
        }
    }
}

#[test]
fn a_hit_writes_nothing_to_the_store() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory).threshold(100));
    (0..100).for_each(|key| assert!(store.set(&key.to_string(), b"value")));
    let data = || std::fs::read(generation(directory.path()).join("data.mdb")).unwrap();
    let before = data();
    assert_eq!((0..50).map(|_| there(&store, 0..100).len()).sum::<usize>(), 5_000);
    assert!(data() == before, "reading has written to the store");
}

#[test]
fn threshold_bounds_all_handles_together_and_each_prefix_by_itself() {
    let directory = TempDir::new().unwrap();
    let stores = [(); 2].map(|()| open(builder(&directory).threshold(10)));
    let other = open(builder(&directory).threshold(3).prefix("other:"));
    for key in 0..50 {
        stores[key % 2].set(&key.to_string(), b"value");
        other.set(&key.to_string(), b"value");
    }
    assert_eq!(there(&stores[0], 0..50).len(), 10);
    assert_eq!(there(&other, 0..50).len(), 3);
}

#[test]
fn narrower_bounds_hold_from_the_start() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory).threshold(10_000));
    (0..3_000).for_each(|key| assert!(store.set(&key.to_string(), b"value")));
    let narrower = open(builder(&directory).threshold(5));
    assert_eq!(there(&narrower, 0..3_000), [2_995, 2_996, 2_997, 2_998, 2_999]);
}

#[test]
fn max_bytes_is_a_hard_bound() {
    let directory = TempDir::new().unwrap();
    let limit = 1 << 20;
    let store = open(builder(&directory).threshold(1_000_000).max_bytes(limit));
    for key in 0..2_000 {
        store.set(&key.to_string(), &vec![7; key * 37 % 30_000]);
    }
    let kept: usize = there(&store, 0..2_000).into_iter().map(|key| store.get(&key.to_string()).unwrap().len()).sum();
    assert!(kept as u64 <= limit, "{kept} bytes are there");
    assert!(kept as u64 > limit / 2, "only {kept} bytes are there");
    let file = std::fs::metadata(generation(directory.path()).join("data.mdb")).unwrap().len();
    assert!(file < 2 * limit, "the file has {file} bytes");
}

/// The bytes of the disk that a folder takes.
fn taken(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let of = |entry: std::fs::DirEntry| match entry.metadata().unwrap() {
        metadata if metadata.is_dir() => taken(&entry.path()),
        metadata => metadata.blocks() * 512,
    };
    entries.map(of).sum()
}

#[test]
fn the_disk_holds_little_more_than_max_bytes_of_values_of_any_size_however_much_was_written() {
    let limit: usize = 6 << 20;
    for length in [100, 1_000, 1_900, 60_000] {
        let directory = TempDir::new().unwrap();
        let store = open(builder(&directory).threshold(100_000).max_bytes(limit as u64));
        let values = (limit / length).min(12_000);
        for round in 0..5 * values {
            // Half of them are new, and half take the place of one that is most likely there.
            let key = if round % 2 == 0 { round } else { round / 4 * 2 };
            store.set_for(&key.to_string(), &vec![7; length], seconds(1_000 + round as u64 % 7));
        }
        let taken = taken(directory.path());
        assert!(taken <= limit as u64 * 5 / 4, "{taken} bytes for values of {length} bytes");
        let kept = (0..5 * values).filter(|key| store.get(&key.to_string()).is_some()).count();
        assert!(length < 200 || kept * length * 3 > limit, "only {kept} values of {length} bytes are left");
    }
}

#[test]
fn a_value_that_never_fits_is_refused_and_what_it_was_to_replace_is_gone() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory).max_bytes(100_000));
    store.set("other", b"other");
    store.set("a", b"old");
    assert!(!store.set("a", &[0; 200_000]));
    assert_eq!(store.get("a"), None);
    assert!(store.get("other").is_some(), "no room is made for what does not fit anyway");
}

#[test]
fn what_has_expired_gives_its_room_back_without_being_asked_for() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory).threshold(100));
    for key in 0..50 {
        store.set(&format!("lasting {key}"), b"value");
        store.set_for(&key.to_string(), b"value", seconds(1));
    }
    store.clock.advance(Duration::from_secs(1));
    for key in 50..100 {
        store.set(&key.to_string(), b"value");
    }
    let lasting = (0..50).filter(|key| store.get(&format!("lasting {key}")).is_some()).count();
    assert_eq!((lasting, there(&store, 0..100).len()), (50, 50), "live entries went before expired ones");
}

#[test]
fn a_map_that_is_full_makes_room() {
    let directory = TempDir::new().unwrap();
    let map = 4 << 20;
    let store = open(builder(&directory).threshold(1_000_000).map_size(map));
    let mut refused = 0;
    for key in 0..3_000_usize {
        let value = vec![(key % 251) as u8; 100 + key * 97 % 20_000];
        match store.try_set(&key.to_string(), &value, seconds(60)) {
            Ok(true) => assert_eq!(store.get(&key.to_string()), Some(value)),
            Ok(false) => refused += 1,
            Err(error) => {
                assert!(error.to_string().contains("map_size"), "{error}");
                refused += 1;
            }
        }
    }
    assert!(refused < 30, "{refused} of 3,000 writes were refused");
    let file = std::fs::metadata(generation(directory.path()).join("data.mdb")).unwrap().len();
    assert!(file <= map + map / 4, "the file has {file} bytes");
    store.invalidate("2999", seconds(1));
    assert!(store.try_set("last", &[1; 10_000], seconds(1)).unwrap());
}

#[test]
fn a_map_that_is_full_goes_on_making_room_for_values_of_any_size() {
    for (length, count) in [(50, 30_000), (1_000, 6_000), (3_000, 4_000)] {
        let directory = TempDir::new().unwrap();
        let map = 4 << 20;
        let store = open(builder(&directory).threshold(1_000_000).map_size(map));
        let refused =
            (0..count).filter(|key| store.try_set(&key.to_string(), &vec![7; length], Life::FOREVER).is_err());
        assert_eq!(refused.count(), 0, "of values of {length} bytes");
        let kept = (0..count).filter(|key| store.get(&key.to_string()).is_some()).count();
        assert!(kept * length > 1 << 20 || kept > 8_000, "only {kept} of {length} bytes are left");
        let file = std::fs::metadata(generation(directory.path()).join("data.mdb")).unwrap().len();
        assert!(file <= map + map / 4, "the file has {file} bytes");
    }
}

#[test]
fn a_value_larger_than_the_map_has_a_file_of_its_own() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory).map_size(2 << 20));
    store.set("a", b"value");
    let huge = vec![7; 8 << 20];
    assert!(store.set("huge", &huge));
    assert!(store.get("huge") == Some(huge));
    assert!(store.set("b", b"value"));
    assert_eq!(store.get("b").as_deref(), Some(&b"value"[..]));
}
