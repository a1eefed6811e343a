//! Several processes on one directory. A test starts its own binary again, with what to do in the environment.

use std::path::Path;

use cache_core::Life;
use tempfile::TempDir;

use super::children::{Child, role, wait_for_the_parent};
use super::tools::{builder, open, try_open};

fn start(role: &str, directory: &Path) -> Child {
    Child::again("processes::child", role, directory)
}

/// A value that shows whether it is whole.
fn value(key: usize, round: usize) -> Vec<u8> {
    vec![((key * 7 + round) % 251) as u8; 1 + (key * 131 + round * 17) % 9_000]
}

fn assert_whole(key: usize, found: &[u8]) {
    assert!(found.iter().all(|byte| *byte == found[0]), "the value of {key} is parts of two");
}

/// What the other processes do; nothing where no role is given.
#[test]
fn child() {
    let Some((role, directory)) = role() else { return };
    let threshold = if role == "leave" { 1_000 } else { 100 };
    let store = open(builder(&directory).threshold(threshold));
    match role.as_str() {
        "write" => {
            println!("ready");
            for round in 0..1_000 {
                let key = round % 150;
                store.set(&key.to_string(), &value(key, round));
            }
        }
        "count" => {
            for number in 0..500_u64 {
                assert!(store.set("count", &number.to_le_bytes()));
                println!("wrote {number}");
            }
        }
        "commit" => {
            let seen = store.seen("contended");
            println!("ready");
            // The parent lets all of them go at once.
            wait_for_the_parent();
            println!("won: {}", store.commit("contended", b"value", Life::FOREVER, &seen));
        }
        "leave" => {
            let keys: Vec<String> = (0..300).map(|key| key.to_string()).collect();
            // Futures that nobody polls, and an end in the middle of it.
            keys.iter().for_each(|key| store.begin_to_set(key, b"value"));
            std::process::exit(0);
        }
        "fill" => (0..100).for_each(|key| assert!(store.set(&key.to_string(), &vec![key as u8; 200 << 10]))),
        "fork" => {
            store.set("a", b"value");
            #[allow(unsafe_code, reason = "a fork is what is tested")]
            // SAFETY: the child allocates, which glibc allows after a fork, and ends without running anything else.
            let child = unsafe { libc::fork() };
            if child == 0 {
                let refused =
                    store.try_set("b", b"value", Life::FOREVER).is_err_and(|error| error.to_string().contains("fork"));
                let again = try_open(builder(&directory));
                let told = again.is_err_and(|error| error.to_string().contains("fork"));
                // Nothing of the parent's may end with the child's handle.
                drop(store);
                #[allow(unsafe_code, reason = "a fork is what is tested")]
                // SAFETY: it ends this process.
                unsafe {
                    libc::_exit(i32::from(!(refused && told)));
                }
            }
            let mut status = 1;
            #[allow(unsafe_code, reason = "a fork is what is tested")]
            // SAFETY: `status` is there for the result.
            unsafe {
                libc::waitpid(child, &raw mut status, 0);
            }
            assert_eq!(status, 0, "the child could use what it inherited");
            assert!(store.set("c", b"value") && store.get("a").is_some(), "the parent cannot go on");
        }
        other => panic!("no such role: {other}"),
    }
}

#[test]
fn two_processes_write_and_read_at_once() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory).threshold(100));
    let mut children = [(); 2].map(|()| start("write", directory.path()));
    for child in &mut children {
        child.expect("ready");
    }
    let (mut seen, mut ended) = (0, false);
    while !ended {
        ended = children.iter_mut().all(Child::has_ended);
        for key in 0..150 {
            let Some(found) = store.get(&key.to_string()) else { continue };
            assert_whole(key, &found);
            seen += 1;
        }
        store.set("mine", b"value");
    }
    for child in children {
        child.end();
    }
    assert!(seen > 0);
    let there = (0..150).filter(|key| store.get(&key.to_string()).is_some()).count();
    assert!((50..=100).contains(&there), "{there} entries are there, for a threshold of 100");
}

#[test]
fn a_hit_sees_what_another_process_had_written_before_it() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory).threshold(100));
    let mut child = start("count", directory.path());
    for number in 0..500 {
        child.expect(&format!("wrote {number}"));
        let found = store.glance("count").unwrap();
        assert!(u64::from_le_bytes(*found.first_chunk().unwrap()) >= number);
    }
    child.end();
}

#[test]
fn of_the_commits_of_many_processes_one_wins() {
    let directory = TempDir::new().unwrap();
    let mut children = [(); 6].map(|()| start("commit", directory.path()));
    for child in &mut children {
        child.expect("ready");
    }
    children.iter_mut().for_each(Child::go);
    let won = children.into_iter().map(Child::end);
    assert_eq!(won.filter(|said| said.contains("won: true")).count(), 1);
}

#[test]
fn a_file_that_another_process_lets_grow_further_is_followed() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory).map_size(2 << 20));
    store.set("mine", b"value");
    start("fill", directory.path()).end();
    // The one that was there first is the first to make room.
    assert!((1..100).all(|key| store.get(&key.to_string()) == Some(vec![key as u8; 200 << 10])));
    assert!(store.set("more", b"value"));
}

#[test]
fn a_process_that_ends_as_programs_do_loses_nothing_that_it_was_given() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory).threshold(1_000));
    start("leave", directory.path()).end();
    assert!((0..300).all(|key| store.get(&key.to_string()).is_some()));
}

#[test]
fn a_forked_child_is_told_to_open_its_own_cache_and_hurts_nobody() {
    let directory = TempDir::new().unwrap();
    start("fork", directory.path()).end();
    let store = open(builder(&directory));
    assert!(store.get("c").is_some());
}
