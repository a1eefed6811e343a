//! Values of any size: large ones have files of their own.

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use cache_core::Life;
use tempfile::TempDir;

use super::tools::{builder, generation, open, seconds};

const LARGE: usize = 300 << 10;

fn files(directory: &TempDir) -> Vec<PathBuf> {
    let entries = fs::read_dir(generation(directory.path()).join("values")).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

fn value(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 7 + length) as u8).collect()
}

#[test]
fn values_of_every_size_come_back() {
    let directory = TempDir::new().unwrap();
    let sizes = [0, 1, 2_000, 4_096, (256 << 10) - 1, 256 << 10, (256 << 10) + 1, 1 << 20, 100 << 20];
    let store = open(builder(&directory));
    for length in sizes {
        assert!(store.set(&length.to_string(), &value(length)));
    }
    drop(store);
    let store = open(builder(&directory));
    for length in sizes {
        assert!(store.get(&length.to_string()) == Some(value(length)), "{length} bytes");
    }
}

#[test]
fn the_file_of_a_value_goes_with_it() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory).threshold(3));
    for round in 0..3 {
        assert!(store.set("overwritten", &value(LARGE + round)));
        assert_eq!(files(&directory).len(), 1);
    }
    assert!(store.set("overwritten", b"small"));
    assert_eq!(files(&directory), [] as [PathBuf; 0]);
    (0..10).for_each(|key| assert!(store.set(&key.to_string(), &value(LARGE))));
    assert_eq!(files(&directory).len(), 3, "more files than entries");
    store.invalidate("9", seconds(60));
    assert_eq!(files(&directory).len(), 2);
    store.reclaim();
    assert_eq!(files(&directory), [] as [PathBuf; 0]);
}

#[test]
fn a_value_whose_file_is_gone_or_changed_is_a_miss_that_can_be_stored_anew() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory));
    let damages: [fn(&PathBuf); 3] = [
        |file| fs::remove_file(file).unwrap(),
        |file| File::options().write(true).open(file).unwrap().set_len(10).unwrap(),
        |file| File::options().write(true).open(file).unwrap().set_len(1 << 30).unwrap(),
    ];
    for damage in damages {
        assert!(store.set("a", &value(LARGE)));
        files(&directory).iter().for_each(damage);
        assert_eq!(store.get("a"), None);
        let seen = store.seen("a");
        assert!(store.commit("a", &value(LARGE), seconds(60), &seen), "what nobody can read stands in the way");
        assert!(store.get("a") == Some(value(LARGE)));
    }
}

#[test]
fn a_commit_over_a_large_value_compares_what_was_seen() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory));
    assert!(store.set("a", &value(LARGE)));
    let seen = store.seen("a");
    let mut other = value(LARGE);
    other[20] ^= 1;
    assert!(store.set("a", &other));
    assert!(!store.commit("a", b"late", seconds(60), &seen));
    assert!(store.get("a") == Some(other));
    let seen = store.seen("a");
    assert!(store.commit("a", &value(LARGE), seconds(60), &seen));
}

#[test]
fn files_that_no_entry_names_are_swept_away_and_foreign_ones_stay() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory));
    assert!(store.set("kept", &value(LARGE)));
    let kept = files(&directory).pop().unwrap();
    let name = kept.file_name().unwrap().to_str().unwrap();
    // As a process leaves it that is killed between the file and the row.
    let orphan = kept.with_file_name(name.replace(&name[50..], &"0".repeat(name.len() - 50)));
    let foreign = kept.with_file_name("notes.txt");
    for file in [&orphan, &foreign] {
        fs::write(file, "left").unwrap();
    }
    let young = kept.with_file_name(format!("{}{}", &name[..name.len() - 4], "0000"));
    fs::write(&young, "about to be named").unwrap();
    for file in [&kept, &orphan, &foreign] {
        let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(3_600);
        File::options().write(true).open(file).unwrap().set_modified(long_ago).unwrap();
    }
    store.clock.advance(Duration::from_secs(3_700));
    while orphan.exists() {
        std::thread::park_timeout(Duration::from_millis(5));
    }
    assert!(kept.exists() && foreign.exists() && young.exists());
    assert!(store.get("kept") == Some(value(LARGE)));
}

#[test]
fn large_values_count_in_max_bytes_and_what_never_fits_leaves_no_file() {
    let directory = TempDir::new().unwrap();
    let limit = 4 << 20;
    let store = open(builder(&directory).threshold(1_000).max_bytes(limit));
    for key in 0..40 {
        assert!(store.set(&key.to_string(), &value(LARGE + key * 1_000)));
        let length: u64 = files(&directory).iter().map(|file| fs::metadata(file).unwrap().len()).sum();
        assert!(length <= limit, "{length} bytes lie in files");
    }
    assert!(!store.set("39", &value(5 << 20)));
    assert_eq!(store.get("39"), None, "it was to be replaced");
    assert!(store.get("38").is_some() && !files(&directory).is_empty());
}

#[test]
fn the_file_of_a_value_is_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory));
    assert!(store.set("a", &value(LARGE)));
    let file = files(&directory).pop().unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(file.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_value_whose_life_is_over_when_it_is_written_leaves_no_file() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory));
    assert!(store.set("a", &value(LARGE)));
    store.set_for("a", &value(LARGE), Life::of(Duration::ZERO));
    assert_eq!(store.get("a"), None);
    assert_eq!(files(&directory), [] as [PathBuf; 0]);
}

#[test]
fn large_values_beside_a_map_that_is_full_do_not_stand_in_for_it() {
    let directory = TempDir::new().unwrap();
    let large = open(builder(&directory).threshold(1_000_000).map_size(8 << 20).prefix("large:"));
    let small = open(builder(&directory).threshold(1_000_000).map_size(8 << 20).prefix("small:"));
    (0..50).for_each(|key| assert!(large.set(&key.to_string(), &value(LARGE))));
    let refused =
        (0..5_000).filter(|key| small.try_set(&key.to_string(), &value(9_000), Life::FOREVER).is_err()).count();
    assert!(refused < 50, "{refused} writes were refused");
    assert!((0..50).all(|key| large.get(&key.to_string()).is_some()), "they have no room in the map to give");
}
