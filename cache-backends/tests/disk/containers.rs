//! Two containers on one volume. Each counts its processes for itself, so both can have one with the same id.

use std::path::Path;

use tempfile::TempDir;

use super::children::{Child, again, role, unshared, wait_for_the_parent};
use super::tools::{Store, builder, generation, open, try_open};

fn value(round: usize) -> Vec<u8> {
    vec![(round % 251) as u8; 1 + round * 131 % 9_000]
}

fn write_and_read(store: &Store, name: &str, count: usize) {
    for round in 0..count {
        let key = format!("{name} {}", round % 100);
        assert!(store.set(&key, &value(round)));
        assert_eq!(store.get(&key), Some(value(round)), "{name}");
    }
}

/// What the other processes do; nothing where no role is given.
#[test]
fn child() {
    let Some((role, directory)) = role() else { return };
    println!("process id: {}", std::process::id());
    let store = match try_open(builder(&directory).threshold(1_000)) {
        Ok(store) => store,
        Err(error) => return println!("refused: {}", error.to_string().replace('\n', " ")),
    };
    write_and_read(&store, &role, 200);
    println!("works");
    wait_for_the_parent();
    write_and_read(&store, &role, 200);
}

/// A process that is the first of a container.
fn contained(name: &str, directory: &Path) -> Child {
    Child::start(unshared(&["--pid"], "", directory, &again("containers::child", name, directory)))
}

#[test]
fn the_same_process_id_in_two_containers_works_or_is_told_so_and_hurts_nobody() {
    let directory = TempDir::new().unwrap();
    let mut one = contained("one", directory.path());
    assert_eq!(one.expect("process id:"), "1");
    one.expect("works");
    let first = generation(directory.path());
    for _ in 0..3 {
        let mut other = contained("other", directory.path());
        assert_eq!(other.expect("process id:"), "1");
        other.go();
        let said = other.end();
        let told = said.contains("refused:") && said.contains("another container") && said.contains("`cache_dir`");
        assert!(told || said.contains("works"), "{said}");
        assert!(!said.contains("panicked"), "{said}");
    }
    one.end();
    assert_eq!(generation(directory.path()), first, "what one had stored is not for another to leave");
    let store = open(builder(&directory).threshold(1_000));
    assert!((100..200).all(|round| store.get(&format!("one {}", round % 100)) == Some(value(round))));
}

#[test]
fn a_container_that_starts_again_after_another_was_killed_goes_on_with_what_is_there() {
    let directory = TempDir::new().unwrap();
    let mut beside = Child::again("containers::child", "beside", directory.path());
    beside.expect("works");
    for _ in 0..5 {
        // The process beside it keeps the table of readers, where the one that was killed had the same id.
        let mut one = contained("one", directory.path());
        one.expect("works");
        one.kill();
    }
    let mut last = contained("last", directory.path());
    last.expect("works");
    last.end();
    beside.end();
    let store = open(builder(&directory).threshold(1_000));
    for name in ["last", "beside"] {
        assert!((100..200).all(|round| store.get(&format!("{name} {}", round % 100)) == Some(value(round))), "{name}");
    }
    // Who is killed may have begun to write again.
    let whole =
        |key: usize| store.get(&format!("one {key}")).is_some_and(|it| it == value(key) || it == value(100 + key));
    assert!((0..100).all(whole));
}

#[test]
fn containers_whose_process_ids_differ_share_their_entries() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory).threshold(1_000));
    let mut one = contained("one", directory.path());
    one.expect("works");
    assert_eq!(store.get("one 99"), Some(value(199)));
    // It looks for readers that are gone, and must not take the one in the container for one.
    let beside = Child::again("containers::child", "beside", directory.path());
    assert!(beside.end().contains("works"));
    write_and_read(&store, "mine", 1_000);
    one.end();
    assert!(["one 0", "beside 0", "mine 0"].iter().all(|key| store.get(key).is_some()));
}
