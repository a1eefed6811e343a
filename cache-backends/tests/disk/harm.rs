//! What is done to the files of a store while another process works with it: nobody crashes, nobody reads what was not
//! written, and both end in one store.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cache_core::{Clock, Env};
use tempfile::TempDir;

use super::children::{Child, role, wait_for_the_parent};
use super::tools::{Store, builder, generation, open_with};

fn value(key: usize, round: usize) -> Vec<u8> {
    vec![(round % 251) as u8; 1 + (key * 131 + round * 17) % 9_000]
}

/// A store that sees by itself when it was left.
fn open_now(directory: &Path) -> Store {
    open_with(builder(directory).threshold(1_000), &Env { clock: Clock::system() })
}

fn write(store: &Store, key: usize, round: usize) {
    let text = key.to_string();
    store.try_set(&text, &value(key, round), cache_core::Life::FOREVER).unwrap();
    // It may have been replaced by another store, or written by the other process.
    if let Some(found) = store.get(&text) {
        assert!(found.iter().all(|byte| *byte == found[0]), "the value of {key} is parts of two");
    }
}

/// Ends when no other thread of this process is at work: nothing can be done for one that is reading what is cut under it.
fn wait_for_other_threads() {
    let Ok(own) = fs::read_link("/proc/thread-self") else { return };
    let is_asleep = |stat: &str| stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('S'));
    let all_sleep = || {
        let threads = fs::read_dir("/proc/self/task").unwrap().map(|thread| thread.unwrap());
        let mut others = threads.filter(|thread| own.file_name() != Some(&thread.file_name()));
        // One that has ended meanwhile is at work no more.
        others.all(|thread| fs::read_to_string(thread.path().join("stat")).map_or(true, |stat| is_asleep(&stat)))
    };
    while !all_sleep() {
        std::thread::park_timeout(Duration::from_millis(1));
    }
}

/// Works on until it is let go; nothing where no role is given.
#[test]
fn child() {
    let Some((role, directory)) = role() else { return };
    let store = open_now(&directory);
    (0..100).for_each(|key| write(&store, key, key));
    let rests = role.strip_prefix("rest and ");
    if rests.is_some() {
        wait_for_other_threads();
    }
    println!("under way");
    if let Some(first) = rests {
        wait_for_the_parent();
        assert!(first != "read" || store.get("1").is_none(), "the store was cut short");
        return (0..100).for_each(|key| write(&store, key, key));
    }
    let ended = Arc::new(AtomicBool::new(false));
    let end = Arc::clone(&ended);
    std::thread::spawn(move || {
        wait_for_the_parent();
        end.store(true, Ordering::Relaxed);
    });
    let mut told = false;
    for round in 0.. {
        if ended.load(Ordering::Relaxed) {
            break;
        }
        write(&store, round % 100, round);
        store.set("child", round.to_string().as_bytes());
        if !told && store.get("parent").is_some() {
            told = true;
            println!("sees what its parent stored");
        }
    }
}

/// Does `harm` to the generation that a child works with, and opens it here too.
fn beside_a_child(what: &str, harm: &dyn Fn(&Path)) {
    println!("{what}");
    let directory = TempDir::new().unwrap();
    let mut child = Child::again("harm::child", "work", directory.path());
    child.expect("under way");
    harm(&generation(directory.path()));
    let store = open_now(directory.path());
    for round in 0..200 {
        write(&store, round % 100, round);
    }
    assert!(store.set("parent", b"value"));
    child.expect("sees what its parent stored");
    let before = store.get("child");
    for attempt in 0.. {
        if store.get("child") != before {
            break;
        }
        assert!(attempt < 20_000, "{what}: what the child stores is not seen");
        std::thread::park_timeout(Duration::from_millis(1));
    }
    child.end();
    drop(store);
    let store = open_now(directory.path());
    assert!(store.get("parent").is_some() && store.get("child").is_some(), "{what}: it was lost when it was closed");
    (0..100).for_each(|key| write(&store, key, key));
}

#[test]
fn a_data_file_that_is_cut_short_while_a_process_rests_makes_it_move_on() {
    for (first, opened) in [("read", true), ("write", true), ("read", false), ("write", false)] {
        for length in [0, 1, 4_096, 8_192, 8_193, 50_000] {
            println!("it is cut to {length} bytes, and then it comes to a {first}; opened meanwhile: {opened}");
            let directory = TempDir::new().unwrap();
            let mut child = Child::again("harm::child", &format!("rest and {first}"), directory.path());
            child.expect("under way");
            let path = generation(directory.path()).join("data.mdb");
            fs::OpenOptions::new().write(true).open(path).unwrap().set_len(length).unwrap();
            if opened {
                let store = open_now(directory.path());
                assert_eq!(store.get("1"), None);
                (0..100).for_each(|key| write(&store, 100 + key, key));
            }
            // It looks ten times a second at what it is about to use.
            std::thread::park_timeout(Duration::from_millis(150));
            child.end();
            let store = open_now(directory.path());
            (0..100).for_each(|key| write(&store, key, key));
        }
    }
}

/// Puts `content` in place of a file, which whoever has it open does not see.
fn replace(path: &Path, content: &[u8]) {
    let beside = path.with_extension("new");
    fs::write(&beside, content).unwrap();
    fs::rename(beside, path).unwrap();
}

#[test]
fn a_mark_that_is_damaged_under_a_process_makes_it_move_on() {
    for content in ["", "foreign", "another-boot dirty\n", "another-boot clean\n"] {
        beside_a_child(&format!("mark: {content:?}"), &|path| fs::write(path.join("mark"), content).unwrap());
    }
    beside_a_child("no mark", &|path| fs::remove_file(path.join("mark")).unwrap());
}

#[test]
fn a_data_file_that_is_replaced_under_a_process_makes_it_move_on() {
    beside_a_child("no data file", &|path| fs::remove_file(path.join("data.mdb")).unwrap());
    for length in [0, 1, 4_096, 8_192, 12_288, 100_000] {
        beside_a_child(&format!("a data file of {length} bytes"), &|path| {
            let path = path.join("data.mdb");
            let mut content = fs::read(&path).unwrap();
            content.resize(length, 0);
            replace(&path, &content);
        });
    }
    beside_a_child("a foreign data file", &|path| replace(&path.join("data.mdb"), &[0x5a; 50_000]));
}

#[test]
fn a_data_file_that_is_put_back_under_a_process_makes_it_move_on() {
    let (early, elsewhere) = (TempDir::new().unwrap(), "early.mdb");
    let store = open_now(early.path());
    (0..100).for_each(|key| write(&store, key, key));
    drop(store);
    fs::copy(generation(early.path()).join("data.mdb"), early.path().join(elsewhere)).unwrap();
    let early = fs::read(early.path().join(elsewhere)).unwrap();
    for _ in 0..5 {
        beside_a_child("an early copy", &|path| replace(&path.join("data.mdb"), &early));
    }
}

#[test]
fn a_lock_file_that_is_gone_under_a_process_makes_it_move_on() {
    beside_a_child("no lock file", &|path| fs::remove_file(path.join("lock.mdb")).unwrap());
    beside_a_child("an empty lock file", &|path| replace(&path.join("lock.mdb"), b""));
    beside_a_child("a foreign lock file", &|path| replace(&path.join("lock.mdb"), &[0x5a; 300_000]));
}

#[test]
fn whatever_else_is_gone_under_a_process_hinders_nobody() {
    beside_a_child("not in use", &|path| fs::remove_file(path.join("in-use")).unwrap());
    beside_a_child("another in use", &|path| replace(&path.join("in-use"), b""));
    beside_a_child("no lock", &|path| fs::remove_file(path.with_file_name("lock")).unwrap());
    beside_a_child("no generation", &|path| fs::rename(path, path.with_extension("old")).unwrap());
    beside_a_child("nothing", &|path| {
        let ours = path.parent().unwrap();
        fs::rename(ours, ours.with_extension("old")).unwrap();
    });
}
