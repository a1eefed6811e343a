//! Whatever lies in the directory at start, the store opens: with what was there, or empty.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use tempfile::TempDir;

use super::tools::{Store, builder, generation, open, seconds};

/// A store with values in a directory of its own.
fn filled() -> TempDir {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory).threshold(1_000));
    for key in 0..300_usize {
        store.set(&key.to_string(), &value(key));
    }
    directory
}

fn value(key: usize) -> Vec<u8> {
    vec![(key % 251) as u8; 10 + key * 31 % 9_000]
}

/// Opens what is there, expects every value to be whole, writes, and gives how many values there were.
fn reopened(directory: &Path) -> usize {
    let store = open(builder(directory).threshold(1_000));
    let count = whole(&store);
    store.set("new", b"value");
    assert_eq!(store.get("new").as_deref(), Some(&b"value"[..]));
    count
}

fn whole(store: &Store) -> usize {
    let found = (0..300).filter_map(|key| Some((key, store.get(&key.to_string())?)));
    found.inspect(|(key, found)| assert_eq!(*found, value(*key))).count()
}

fn data(directory: &TempDir) -> std::path::PathBuf {
    generation(directory.path()).join("data.mdb")
}

#[test]
fn what_is_sound_is_kept() {
    let directory = filled();
    let before = generation(directory.path());
    assert_eq!(reopened(directory.path()), 300);
    assert_eq!(generation(directory.path()), before);
}

#[test]
fn whatever_was_written_is_trusted_when_it_is_opened_again() {
    let directory = TempDir::new().unwrap();
    let mut first = None;
    for round in 0..40_usize {
        let store = open(builder(&directory).threshold(200 + round * 7).max_bytes(8 << 20));
        let generation = generation(directory.path());
        assert_eq!(first.get_or_insert(generation.clone()), &generation, "round {round}");
        for step in 0..200 {
            let key = (round * 7_919 + step * 104_729) % 1_000;
            match step % 20 {
                0 => drop(store.epoch(&key.to_string())),
                1 => store.invalidate(&key.to_string(), seconds(60)),
                2 if round % 5 == 0 => store.remove_matching(&format!("{}*", key % 10)),
                3 if round % 11 == 0 => store.reclaim(),
                _ => assert!(store.set(&key.to_string(), &vec![1; (key * step * 131) % (1 << (8 + step % 12))])),
            }
        }
    }
}

#[test]
fn a_file_that_was_cut_short_starts_empty() {
    let directory = filled();
    let length = fs::metadata(data(&directory)).unwrap().len();
    for length in [length - 1, length / 2, 8_192, 8_191, 4_096, 100, 0] {
        let file = OpenOptions::new().write(true).open(data(&directory)).unwrap();
        file.set_len(length).unwrap();
        assert_eq!(reopened(directory.path()), 0, "a file of {length} bytes");
        let store = open(builder(directory.path()).threshold(1_000));
        (0..300).for_each(|key| assert!(store.set(&key.to_string(), &value(key))));
    }
}

#[test]
fn a_small_file_may_be_cut_anywhere() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory));
    (0..20).for_each(|key| assert!(store.set(&key.to_string(), &value(key))));
    drop(store);
    let (sound, mark) = (fs::read(data(&directory)).unwrap(), generation(directory.path()).join("mark"));
    let mark = fs::read(mark).unwrap();
    let pages = (0..sound.len()).step_by(4_096).flat_map(|end| [end, end + 1, end + 16, end + 2_049, end + 4_095]);
    for length in pages {
        let number = generation(directory.path());
        fs::write(number.join("data.mdb"), &sound[..length.min(sound.len() - 1)]).unwrap();
        fs::write(number.join("mark"), &mark).unwrap();
        let store = open(builder(&directory));
        assert_eq!(whole(&store), 0, "a file of {length} bytes");
        assert_ne!(generation(directory.path()), number);
        assert!(store.set("new", b"value") && store.get("new").is_some());
    }
}

#[test]
fn a_foreign_file_in_place_of_the_data_starts_empty() {
    for content in [&b"not a store"[..], &[0; 100_000], &[0xff; 100_000]] {
        let directory = filled();
        fs::write(data(&directory), content).unwrap();
        assert_eq!(reopened(directory.path()), 0);
    }
    let directory = filled();
    fs::remove_file(data(&directory)).unwrap();
    fs::create_dir(data(&directory)).unwrap();
    assert_eq!(reopened(directory.path()), 0);
}

#[test]
fn a_foreign_lock_file_or_mark_does_not_hinder() {
    for (file, content) in
        [("lock.mdb", "foreign"), ("lock.mdb", ""), ("in-use", "foreign"), ("mark", "foreign"), ("mark", "")]
    {
        let directory = filled();
        fs::write(generation(directory.path()).join(file), content).unwrap();
        let count = reopened(directory.path());
        assert_eq!(count, if file == "mark" { 0 } else { 300 }, "{content:?} in {file}");
    }
}

#[test]
fn a_byte_flipped_in_the_metadata_starts_empty_or_changes_nothing() {
    let directory = filled();
    let sound = fs::read(data(&directory)).unwrap();
    let mut empty = 0;
    for page in 0..2 {
        for offset in 0..152 {
            let copy = TempDir::new().unwrap();
            drop(open(builder(&copy)));
            fs::write(data(&copy), &sound).unwrap();
            let file = OpenOptions::new().write(true).open(data(&copy)).unwrap();
            let at = page * 4_096 + offset;
            file.write_all_at(&[!sound[at]], at as u64).unwrap();
            empty += usize::from(reopened(copy.path()) == 0);
        }
    }
    assert!(empty > 100, "of 304 flipped bytes only {empty} were noticed");
}

#[test]
fn a_page_of_anything_else_starts_empty_or_changes_nothing() {
    let directory = filled();
    let sound = fs::read(data(&directory)).unwrap();
    let number = generation(directory.path());
    let mut empty = 0;
    let pages = (0..sound.len() / 4_096).step_by(3);
    for page in pages.clone() {
        let copy = TempDir::new().unwrap();
        let path = copy.path().join("v3").join(number.file_name().unwrap());
        fs::create_dir_all(&path).unwrap();
        fs::copy(number.join("mark"), path.join("mark")).unwrap();
        fs::write(path.join("in-use"), "").unwrap();
        fs::write(path.join("data.mdb"), &sound).unwrap();
        let file = OpenOptions::new().write(true).open(path.join("data.mdb")).unwrap();
        // The middle of a value is not looked at, and need not be: values carry checksums of their own.
        let garbage: Vec<u8> = (0..4_096_usize).map(|index| (index * (page + 7) % 256) as u8).collect();
        file.write_all_at(if page % 2 == 0 { &garbage } else { &[0; 4_096] }, page as u64 * 4_096).unwrap();
        let store = open(builder(copy.path()).threshold(1_000));
        empty += usize::from((0..300).all(|key| store.get(&key.to_string()).is_none()));
        (0..1_500).for_each(|key| assert!(store.set(&key.to_string(), &value(key))));
    }
    assert!(empty > pages.len() / 4, "of {} damaged pages only {empty} were noticed", pages.len());
}

#[test]
fn another_boot_without_a_clean_mark_starts_empty() {
    let directory = filled();
    let mark = generation(directory.path()).join("mark");
    assert!(fs::read_to_string(&mark).unwrap().contains(" clean "), "the last handle marks what it made durable");
    fs::write(&mark, "another-boot clean\n").unwrap();
    assert_eq!(reopened(directory.path()), 300, "everything had reached the disk");
    fs::write(&mark, "another-boot dirty\n").unwrap();
    assert_eq!(reopened(directory.path()), 0);
}

#[test]
fn a_mark_that_was_written_over_and_not_cut_says_what_it_says_now() {
    let directory = filled();
    let mark = generation(directory.path()).join("mark");
    let before = fs::read_to_string(&mark).unwrap();
    let boot = before.split(' ').next().unwrap();
    let over = format!("{boot} dirty\n");
    // As whoever is killed between the two leaves it.
    fs::write(&mark, format!("{over}{}", &before[over.len()..])).unwrap();
    assert_eq!(reopened(directory.path()), 300);
}

#[test]
fn a_store_in_use_is_not_marked_clean() {
    let directory = filled();
    let store = open(builder(&directory).threshold(1_000));
    let mark = || fs::read_to_string(generation(directory.path()).join("mark")).unwrap();
    assert!(mark().ends_with(" dirty\n"));
    let other = open(builder(&directory));
    drop(other);
    assert!(mark().ends_with(" dirty\n"));
    drop(store);
    assert!(mark().contains(" clean "));
}

#[test]
fn handles_follow_to_the_generation_that_replaces_theirs() {
    let directory = filled();
    let store = open(builder(&directory).threshold(1_000));
    let old = generation(directory.path());
    // As another process does that finds it damaged.
    fs::remove_file(old.join("mark")).unwrap();
    store.set("new", b"value");
    assert_ne!(generation(directory.path()), old);
    assert_eq!((whole(&store), store.get("new").as_deref()), (0, Some(&b"value"[..])));
    drop(store);
    drop(open(builder(&directory)));
    assert!(!old.exists(), "a generation that nobody uses is removed");
}

#[test]
fn what_was_seen_before_a_store_starts_empty_lets_no_commit_in_afterwards() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory));
    let early = store.seen("a");
    store.invalidate("a", seconds(60));
    fs::remove_file(generation(directory.path()).join("mark")).unwrap();
    assert!(!store.commit("a", b"stale", seconds(60), &early), "the invalidation was lost with the store");
    let now = store.seen("a");
    assert!(store.commit("a", b"new", seconds(60), &now));
}

#[test]
fn a_directory_that_is_removed_by_hand_is_begun_again() {
    let directory = filled();
    let store = open(builder(&directory).threshold(1_000));
    fs::remove_dir_all(directory.path().join("v3")).unwrap();
    store.set("new", b"value");
    assert_eq!((whole(&store), store.get("new").as_deref()), (0, Some(&b"value"[..])));
    assert!(data(&directory).exists());
}
