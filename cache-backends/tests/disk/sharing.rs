//! One directory in one process, whoever names it, and what invalidation means there.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use cache_core::Life;
use tempfile::TempDir;

use super::tools::{builder, generation, open, seconds, try_open};

#[test]
fn two_handles_on_one_directory_share_their_entries() {
    let directory = TempDir::new().unwrap();
    let link = directory.path().join("link");
    fs::create_dir(directory.path().join("cache")).unwrap();
    std::os::unix::fs::symlink(directory.path().join("cache"), &link).unwrap();
    let (one, other) = (open(builder(directory.path().join("cache"))), open(builder(&link)));
    one.set("a", b"value");
    assert_eq!(other.get("a").as_deref(), Some(&b"value"[..]));
    assert_eq!(one.epoch("t"), other.epoch("t"));
}

#[test]
fn entries_are_there_when_the_directory_is_opened_again() {
    let directory = TempDir::new().unwrap();
    for round in 0..3_u8 {
        let store = open(builder(&directory));
        assert_eq!(store.get("a"), (round > 0).then(|| vec![round - 1; 10]));
        store.set("a", &[round; 10]);
    }
}

#[test]
fn a_directory_may_be_opened_and_closed_by_many_threads_at_once() {
    let directory = TempDir::new().unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let directory = &directory;
            scope.spawn(move || {
                for round in 0..20_u8 {
                    let store = open(builder(directory));
                    let key = format!("{thread}");
                    store.set(&key, &[round]);
                    assert_eq!(store.get(&key), Some(vec![round]));
                }
            });
        }
    });
}

#[test]
fn files_are_private() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(directory.path().join("cache")));
    store.set("a", b"value");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let root = directory.path().join("cache");
    assert_eq!((mode(&root), mode(&root.join("v3")), mode(&generation(&root))), (0o700, 0o700, 0o700));
    for file in fs::read_dir(generation(&root)).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
    assert_eq!(mode(&root.join("v3/lock")), 0o600);
}

#[test]
fn foreign_files_are_left_alone() {
    let directory = TempDir::new().unwrap();
    drop(open(builder(&directory)));
    let first = generation(directory.path());
    fs::create_dir_all(directory.path().join("v3/1")).unwrap();
    fs::create_dir_all(directory.path().join("v3/5")).unwrap();
    let foreign =
        ["mine", "v3/mine", "v3/007", "v3/5/data.mdb", "v3/1/data.mdb"].map(|path| directory.path().join(path));
    let foreign = foreign.into_iter().chain([first.join("mine")]).collect::<Vec<_>>();
    for path in &foreign {
        fs::write(path, "mine").unwrap();
    }
    let store = open(builder(&directory));
    store.set("a", b"value");
    store.remove_matching("*");
    store.reclaim();
    drop(store);
    // A new generation, so that the first is removed.
    fs::write(first.join("data.mdb"), "not a store").unwrap();
    drop(open(builder(&directory)));
    assert!(!first.join("data.mdb").exists());
    for path in foreign {
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine", "{}", path.display());
    }
}

#[test]
fn an_entry_stored_after_an_invalidation_lets_no_earlier_run_in_when_it_is_gone() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory).threshold(2));
    let early = store.seen("a");
    store.invalidate("a", seconds(60));
    let after = store.seen("a");
    assert!(store.commit("a", b"new", seconds(1), &after));
    store.clock.advance(Duration::from_secs(2));
    assert_eq!(store.get("a"), None);
    assert!(!store.commit("a", b"stale", seconds(60), &early), "the entry's life ended before the invalidation's");
    let now = store.seen("a");
    assert!(store.commit("a", b"newer", seconds(60), &now), "a look after it can commit");
    for key in ["b", "c", "d"] {
        store.set(key, b"other");
    }
    assert_eq!(store.get("a"), None, "it was evicted");
    assert!(!store.commit("a", b"stale", seconds(60), &early));
    let now = store.seen("a");
    assert!(store.commit("a", b"newest", seconds(60), &now));
}

#[test]
fn a_miss_can_be_stored_after_its_expired_entry_was_removed() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory));
    store.set_for("a", b"old", seconds(1));
    store.clock.advance(Duration::from_secs(2));
    let seen = store.seen("a");
    for key in ["b", "c"] {
        store.set(key, b"a write, which removes what has expired");
    }
    assert!(store.commit("a", b"new", Life::FOREVER, &seen));
}

#[test]
fn an_option_that_cannot_work_is_refused_with_what_to_write() {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, "").unwrap();
    for (builder, expected) in [
        (builder(&directory).threshold(0), "`threshold(0)`"),
        (builder(&directory).max_bytes(0), "`max_bytes`"),
        (builder(""), "`cache_dir` is empty"),
        (builder(&file), "could not create the directory"),
        (builder(file.join("below")), "could not create the directory"),
        (builder("/proc/larder"), "could not create the directory"),
    ] {
        let error = try_open(builder).err().unwrap_or_else(|| panic!("{expected} was not refused")).to_string();
        assert!(error.contains("disk handler") && error.contains(expected) && error.contains("write"), "{error}");
        println!("{error}");
    }
    assert_eq!(try_open(builder("").threshold(0)).err().unwrap().to_string().lines().count(), 2);
}
