//! Volumes that cannot be written to, or are full: an error that says so, or a miss; never a crash.
//!
//! Each test runs in a namespace of its own, in which the directory is a small file system in memory.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::process::Command;

use cache_core::Life;
use tempfile::TempDir;

use super::children::{Child, again, role, unshared};
use super::tools::{Store, builder, generation, open, try_open};

/// What is done in the namespace; nothing where no role is given.
#[test]
fn child() {
    let Some((role, directory)) = role() else { return };
    match role.as_str() {
        "open read-only" => open_read_only(&directory),
        "open full" => open_full(&directory),
        "fill" => fill_while_in_use(&directory),
        "fill threads" => fill_under_threads(&directory),
        other => panic!("no such role: {other}"),
    }
    println!("done");
}

/// Plays `role` where the directory is a file system of `size`.
fn play(role: &str, size: &str) {
    let directory = TempDir::new().unwrap();
    let mount = format!("mount -t tmpfs -o size={size},mode=700 tmpfs \"$1\"");
    let again = again("volumes::child", role, directory.path());
    let said = Child::start(unshared(&["--mount"], &mount, directory.path(), &again)).end();
    assert!(said.contains("done"), "{said}");
}

fn value(key: usize) -> Vec<u8> {
    vec![(key % 251) as u8; 1 + key * 131 % 9_000]
}

fn remount(directory: &Path, how: &str) {
    let output = Command::new("mount").args(["-o", how]).arg(directory).output().unwrap();
    assert!(output.status.success(), "mount -o {how}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Takes all the room that is left in `directory` but for `pages`.
fn take_room(directory: &Path, pages: usize) -> std::path::PathBuf {
    let path = directory.join("foreign");
    let mut file = File::create(&path).unwrap();
    let mut length = 0;
    loop {
        match file.write(&[1; 4_096]) {
            Ok(written) => length += written as u64,
            Err(error) if error.kind() == ErrorKind::StorageFull => break,
            Err(error) => panic!("{error}"),
        }
    }
    file.set_len(length.saturating_sub(4_096 * pages as u64)).unwrap();
    path
}

#[test]
fn a_read_only_volume_is_told_when_it_is_opened() {
    play("open read-only", "4m");
}

fn open_read_only(directory: &Path) {
    let told = |what: &str| {
        let error = try_open(builder(directory)).err().unwrap_or_else(|| panic!("{what} could be opened")).to_string();
        let path = directory.to_str().unwrap();
        assert!(
            error.contains(path) && error.contains("Read-only file system") && error.contains("`cache_dir`"),
            "{what}: {error}"
        );
        println!("{error}");
    };
    remount(directory, "remount,bind,ro");
    told("an empty volume");
    remount(directory, "remount,bind,rw");
    assert!(open(builder(directory)).set("a", b"value"));
    remount(directory, "remount,bind,ro");
    told("one that was used before");
    remount(directory, "remount,bind,rw");
    assert!(open(builder(directory)).get("a").is_some());
}

#[test]
fn a_volume_with_any_too_little_room_is_told_when_it_is_opened_or_works() {
    play("open full", "1m");
}

fn open_full(directory: &Path) {
    let (mut refused, mut opened) = (0, 0);
    // From a volume that is full to one with room for all that a store begins with.
    for pages in (0..20).chain((20..120).step_by(5)) {
        let foreign = take_room(directory, pages);
        match try_open(builder(directory)) {
            Ok(store) => {
                opened += 1;
                use_while_full(&store);
            }
            Err(error) => {
                refused += 1;
                let error = error.to_string();
                let path = directory.to_str().unwrap();
                assert!(error.contains(path) && error.contains("full"), "with {pages} pages: {error}");
                println!("{pages} pages: {error}");
            }
        }
        fs::remove_file(foreign).unwrap();
        let store = open(builder(directory));
        assert!(store.set("after", b"value") && store.get("after").is_some(), "with {pages} pages");
        drop(store);
        fs::remove_dir_all(directory.join("v3")).unwrap();
    }
    assert!(refused > 0 && opened > 0, "{refused} times it was refused, {opened} times it was opened");
}

/// Whatever is refused is refused with a reason, and whatever was stored is whole.
fn use_while_full(store: &Store) -> usize {
    let mut refused = 0;
    for key in 0..200 {
        let text = key.to_string();
        match store.try_set(&text, &value(key), Life::FOREVER) {
            Ok(stored) => assert!(stored),
            Err(error) => {
                assert!(error.to_string().contains("full"), "{error}");
                refused += 1;
            }
        }
        if let Some(found) = store.get(&text) {
            assert_eq!(found, value(key));
        }
    }
    refused
}

#[test]
fn a_volume_that_fills_up_refuses_writes_goes_on_reading_and_recovers() {
    play("fill", "5m");
}

fn fill_while_in_use(directory: &Path) {
    let store = open(builder(directory).threshold(1_000_000));
    (0..100).for_each(|key| assert!(store.set(&format!("early {key}"), &value(key))));
    let early = |store: &Store| {
        assert!((0..100).all(|key| store.get(&format!("early {key}")) == Some(value(key))), "what was stored is gone");
    };
    let first = generation(directory);
    let mut refused = 0;
    for round in 0..20 {
        let foreign = take_room(directory, round % 7);
        refused += (0..3).map(|_| use_while_full(&store)).sum::<usize>();
        // Later there is room in the file itself.
        assert!(refused > 0, "nothing was refused");
        early(&store);
        // A handle that is opened now finds what is there, or is told; either way it takes nothing away.
        let again = Child::again("volumes::other", "other", directory).end();
        assert!(again.contains("early 99: true") || again.contains("is full"), "round {round}: {again}");
        early(&store);
        fs::remove_file(foreign).unwrap();
        assert!(store.set("after", &[7; 20_000]), "round {round}: no write succeeds although there is room again");
        assert_eq!(store.get("after"), Some(vec![7; 20_000]));
        early(&store);
        store.invalidate("after", Life::FOREVER);
        store.remove_matching("1*");
    }
    assert_eq!(generation(directory), first, "a full disk is no reason to start empty");
    drop(store);
    early(&open(builder(directory).threshold(1_000_000)));
}

/// Another process that opens the volume while it is full; nothing where no role is given.
#[test]
fn other() {
    let Some((_, directory)) = role() else { return };
    match try_open(builder(&directory).threshold(1_000_000)) {
        Ok(store) => println!("early 99: {}", store.get("early 99") == Some(value(99))),
        Err(error) => println!("{error}"),
    }
}

#[test]
fn many_threads_begin_to_read_on_a_full_volume() {
    play("fill threads", "2m");
}

/// Each thread takes a place in the table of readers, which lies in a file that is mapped and written to.
fn fill_under_threads(directory: &Path) {
    let store = open(builder(directory).threshold(1_000_000));
    assert!(store.set("a", &value(99)));
    take_room(directory, 0);
    let (barrier, store) = (std::sync::Barrier::new(300), &store);
    std::thread::scope(|scope| {
        for _ in 0..300 {
            scope.spawn(|| {
                assert_eq!(store.get("a"), Some(value(99)));
                // So that all of them have their places at once.
                barrier.wait();
            });
        }
    });
}
