//! Several processes on one directory. A test starts its own binary again, with what to do in the environment.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use cache_core::Life;
use tempfile::TempDir;

use super::tools::{builder, generation, open, seconds, try_open};

pub(crate) const ROLE: &str = "LARDER_TEST_ROLE";
pub(crate) const DIRECTORY: &str = "LARDER_TEST_DIRECTORY";

fn start(role: &str, directory: &Path) -> Child {
    start_as("processes::child", role, directory)
}

/// This binary again, for the test `child` alone.
pub(crate) fn start_as(child: &str, role: &str, directory: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", child, "--nocapture"])
        .env(ROLE, role)
        .env(DIRECTORY, directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits until the child says something.
pub(crate) fn wait_for_line(child: &mut Child, expected: &str) {
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains(expected)), "the child ended before it said {expected:?}");
}

pub(crate) fn end(mut child: Child) {
    let mut rest = String::new();
    child.stdout.take().unwrap().read_to_string(&mut rest).unwrap();
    assert!(child.wait().unwrap().success(), "the child failed: {rest}");
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
    let (Ok(role), Ok(directory)) = (std::env::var(ROLE), std::env::var(DIRECTORY)) else { return };
    let store = open(builder(directory).threshold(100));
    match role.as_str() {
        "write" => {
            println!("ready");
            for round in 0..1_000 {
                let key = round % 150;
                store.set(&key.to_string(), &value(key, round));
            }
        }
        "write for ever" => {
            println!("ready");
            for round in 0.. {
                let key = round % 150;
                store.set_for(&key.to_string(), &value(key, round), seconds(1 + (round % 50) as u64));
                if round == 100 {
                    println!("under way");
                }
            }
        }
        "commit" => {
            let seen = store.seen("contended");
            println!("ready");
            // The parent lets all of them go at once.
            std::io::stdin().read_to_string(&mut String::new()).unwrap();
            println!("won: {}", store.commit("contended", b"value", Life::FOREVER, &seen));
        }
        "fill" => (0..20).for_each(|key| assert!(store.set(&key.to_string(), &vec![key as u8; 1 << 20]))),
        "fork" => {
            store.set("a", b"value");
            #[allow(unsafe_code, reason = "a fork is what is tested")]
            // SAFETY: the child allocates, which glibc allows after a fork, and ends without running anything else.
            let child = unsafe { libc::fork() };
            if child == 0 {
                let refused =
                    store.try_set("b", b"value", Life::FOREVER).is_err_and(|error| error.to_string().contains("fork"));
                let again = try_open(builder(std::env::var(DIRECTORY).unwrap()));
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
    children.iter_mut().for_each(|child| wait_for_line(child, "ready"));
    let (mut seen, mut ended) = (0, false);
    while !ended {
        ended = children.iter_mut().all(|child| child.try_wait().unwrap().is_some());
        for key in 0..150 {
            let Some(found) = store.get(&key.to_string()) else { continue };
            assert_whole(key, &found);
            seen += 1;
        }
        store.set("mine", b"value");
    }
    children.into_iter().for_each(end);
    assert!(seen > 0);
    let there = (0..150).filter(|key| store.get(&key.to_string()).is_some()).count();
    assert!((50..=100).contains(&there), "{there} entries are there, for a threshold of 100");
}

#[test]
fn of_the_commits_of_many_processes_one_wins() {
    let directory = TempDir::new().unwrap();
    let mut children: Vec<Child> = (0..6).map(|_| start("commit", directory.path())).collect();
    let mut outputs: Vec<_> = children.iter_mut().map(|child| BufReader::new(child.stdout.take().unwrap())).collect();
    for output in &mut outputs {
        assert!(output.by_ref().lines().any(|line| line.unwrap().contains("ready")));
    }
    children.iter_mut().for_each(|child| drop(child.stdin.take()));
    let won = outputs.into_iter().filter_map(|output| {
        let lines = output.lines().map(Result::unwrap);
        lines.filter(|line| line.contains("won:")).last()
    });
    assert_eq!(won.filter(|line| line.contains("true")).count(), 1);
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
}

#[test]
fn a_file_that_another_process_lets_grow_further_is_followed() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory).map_size(2 << 20));
    store.set("mine", b"value");
    end(start("fill", directory.path()));
    assert!((0..20).all(|key| store.get(&key.to_string()) == Some(vec![key as u8; 1 << 20])));
    assert!(store.set("more", b"value"));
}

#[test]
fn a_forked_child_is_told_to_open_its_own_cache_and_hurts_nobody() {
    let directory = TempDir::new().unwrap();
    end(start("fork", directory.path()));
    let store = open(builder(&directory));
    assert!(store.get("c").is_some());
}

#[test]
fn a_writer_that_is_killed_leaves_whole_values_and_lets_others_go_on() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory).threshold(100));
    let first = generation(directory.path());
    for round in 0..10 {
        let mut child = start("write for ever", directory.path());
        wait_for_line(&mut child, "under way");
        // A survivor works on beside it, for another while in each round.
        for own in 0..round * 50 {
            store.set("mine", &own.to_string().into_bytes());
        }
        child.kill().unwrap();
        child.wait().unwrap();
        store.set("mine", b"after");
        assert_eq!(store.get("mine").as_deref(), Some(&b"after"[..]), "the survivor cannot write");
        let there = (0..150).filter_map(|key| Some((key, store.get(&key.to_string())?)));
        assert!(there.inspect(|(key, found)| assert_whole(*key, found)).count() > 0, "round {round}");
    }
    drop(store);
    let store = open(builder(&directory).threshold(100));
    let there = (0..150).filter_map(|key| Some((key, store.get(&key.to_string())?)));
    assert!(there.inspect(|(key, found)| assert_whole(*key, found)).count() > 0);
    assert_eq!(generation(directory.path()), first, "a writer that was killed is no reason to start empty");
}
