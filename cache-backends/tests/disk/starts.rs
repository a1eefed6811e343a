//! Many who start at once, other releases beside this one, and files of others.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::children::{Child, role, wait_for_the_parent};
use super::tools::{builder, generation, open};

const WORKERS: usize = 8;

/// A worker that starts when it is let go, and waits for a value of every other; nothing where no role is given.
#[test]
fn child() {
    let Some((role, directory)) = role() else { return };
    println!("ready");
    wait_for_the_parent();
    let store = open(builder(&directory).threshold(1_000));
    println!("generation: {}", generation(&directory).display());
    assert!(store.set(&role, role.as_bytes()));
    for worker in (0..WORKERS).map(|worker| worker.to_string()) {
        // The test's patience with this process is the limit.
        while store.get(&worker).is_none() {
            std::thread::park_timeout(std::time::Duration::from_millis(1));
        }
        assert_eq!(store.get(&worker).as_deref(), Some(worker.as_bytes()));
    }
    println!("seen by {role}");
}

/// Lets many workers start at once in `directory`; all must end in one generation, which is given.
fn start_many(directory: &Path) -> PathBuf {
    let mut workers: Vec<_> =
        (0..WORKERS).map(|worker| Child::again("starts::child", &worker.to_string(), directory)).collect();
    for worker in &mut workers {
        worker.expect("ready");
    }
    workers.iter_mut().for_each(Child::go);
    let mut generations: Vec<_> = workers.iter_mut().map(|worker| worker.expect("generation:")).collect();
    for worker in workers {
        assert!(worker.end().contains("seen by"));
    }
    generations.sort_unstable();
    generations.dedup();
    assert_eq!(generations.len(), 1, "{generations:?}");
    let generation = generation(directory);
    assert_eq!(generation.to_str(), Some(generations[0].as_str()));
    generation
}

#[test]
fn many_workers_that_start_empty_at_once_share_one_generation() {
    for _ in 0..5 {
        let directory = TempDir::new().unwrap();
        start_many(&directory.path().join("made/by/the/first"));
    }
}

#[test]
fn many_workers_that_start_at_once_on_what_cannot_be_trusted_share_the_one_that_is_begun() {
    for (name, content) in
        [("mark", ""), ("mark", "another-boot dirty\n"), ("data.mdb", "foreign"), ("lock.mdb", "foreign")]
    {
        let directory = TempDir::new().unwrap();
        assert!(open(builder(&directory)).set("a", b"value"));
        let before = generation(directory.path());
        fs::write(before.join(name), content).unwrap();
        let after = start_many(directory.path());
        assert_eq!(after == before, name == "lock.mdb", "{name} was {content:?}");
        let numbers =
            fs::read_dir(directory.path().join("v3")).unwrap().filter(|it| it.as_ref().unwrap().path().is_dir());
        assert_eq!(numbers.count(), 1, "one that nobody uses is left");
    }
}

/// Every file below `directory` with its content, and every directory with nothing.
fn tree(directory: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(tree(&path));
            found.insert(path, None);
        } else {
            let content = fs::read(&path).unwrap();
            found.insert(path, Some(content));
        }
    }
    found
}

#[test]
fn the_directories_of_other_releases_stay_as_they_are_and_do_not_hinder() {
    let directory = TempDir::new().unwrap();
    assert!(open(builder(&directory)).set("a", b"value"));
    // Another release most likely has files of the same names. Here they are this release's, and garbage.
    for version in ["v0", "v1", "v2", "v10"] {
        for number in ["1", "99999999999999"] {
            let path = directory.path().join(version).join(number);
            fs::create_dir_all(&path).unwrap();
            for name in ["mark", "in-use", "data.mdb", "lock.mdb"] {
                fs::copy(generation(directory.path()).join(name), path.join(name)).unwrap();
            }
            fs::write(path.join("index"), "of another release").unwrap();
        }
        fs::write(directory.path().join(version).join("lock"), version).unwrap();
    }
    let others = |directory: &Path| {
        let mut tree = tree(directory);
        tree.retain(|path, _| !path.starts_with(directory.join("v3")));
        tree
    };
    let before = others(directory.path());
    let store = open(builder(&directory));
    assert_eq!(store.get("a").as_deref(), Some(&b"value"[..]));
    store.remove_matching("*");
    store.reclaim();
    drop(store);
    fs::write(generation(directory.path()).join("mark"), "").unwrap();
    let store = open(builder(&directory));
    assert_eq!(store.get("a"), None);
    store.set("a", b"value");
    drop(store);
    assert_eq!(others(directory.path()), before);
}

#[test]
fn another_version_of_lmdbs_data_starts_empty() {
    for version in [0_u32, 2, 999, u32::MAX] {
        for pages in [&[0_u64][..], &[1], &[0, 1]] {
            let directory = TempDir::new().unwrap();
            assert!(open(builder(&directory)).set("a", b"value"));
            let before = generation(directory.path());
            let file = fs::OpenOptions::new().write(true).open(before.join("data.mdb")).unwrap();
            for page in pages {
                file.write_all_at(&version.to_ne_bytes(), page * 4_096 + 20).unwrap();
            }
            let store = open(builder(&directory));
            assert_eq!(store.get("a"), None);
            assert_ne!(generation(directory.path()), before);
            assert!(store.set("a", b"new") && store.get("a").is_some());
        }
    }
}

#[test]
fn files_of_others_are_never_touched_wherever_they_lie() {
    let directory = TempDir::new().unwrap();
    let root = directory.path();
    assert!(open(builder(&directory)).set("a", b"value"));
    let first = generation(root);
    let files = ["mine", "lock", "data.mdb", ".hidden", "v1.bak", "v3/mine", "v3/lock.mdb", "v3/-1", "v3/+1", "v3/00"];
    let mut foreign: Vec<PathBuf> = files.iter().map(|path| root.join(path)).collect();
    for folder in ["1", "1.tmp", "x", "18446744073709551616", "3/4"] {
        fs::create_dir_all(root.join("v3").join(folder)).unwrap();
        foreign.push(root.join("v3").join(folder).join("data.mdb"));
        foreign.push(root.join("v3").join(folder).join("mark"));
    }
    foreign.extend(["mine", "data.mdb.bak", "mark~", ".mark", "in-use.old"].map(|name| first.join(name)));
    fs::create_dir_all(root.join("v3/empty")).unwrap();
    fs::create_dir_all(first.join("folder")).unwrap();
    foreign.push(first.join("folder/data.mdb"));
    for path in &foreign {
        fs::write(path, path.to_str().unwrap()).unwrap();
    }
    for damaged in [false, true, true] {
        if damaged {
            fs::write(generation(root).join("data.mdb"), "not a store").unwrap();
        }
        let store = open(builder(&directory).threshold(10));
        (0..50).for_each(|key| assert!(store.set(&key.to_string(), &[7; 5_000])));
        store.remove_matching("1*");
        store.reclaim();
        drop(store);
    }
    for path in foreign {
        assert_eq!(fs::read_to_string(&path).ok().as_deref(), path.to_str());
    }
    assert!(root.join("v3/empty").is_dir());
    assert!(!first.join("data.mdb").exists(), "what is larder's goes when nobody uses it");
}
