//! The right to run a key among the processes on a directory.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::time::Duration;

use cache_core::{Clock, Epoch, Lead, block_on, within};
use tempfile::TempDir;

use super::children::{Child, role, wait_for_the_parent};
use super::tools::{Store, builder, open, seconds};

/// Longer than anyone waits here.
const LONG: Duration = Duration::from_secs(20);
/// Long enough to see that somebody waits.
const SHORT: Duration = Duration::from_millis(100);

fn start(role: &str, directory: &TempDir) -> Child {
    let mut child = Child::again("leading::child", role, directory.path());
    child.expect("leads");
    child
}

#[test]
fn child() {
    let Some((role, directory)) = role() else { return };
    let store = open(builder(directory));
    let lead = store.lead("a", LONG);
    assert!(matches!(lead, Lead::Granted(_)));
    if role == "lead and fork" {
        #[allow(unsafe_code, reason = "a fork is what is tested")]
        // SAFETY: the child frees memory, which glibc allows after a fork, and ends without running anything else.
        let child = unsafe { libc::fork() };
        if child == 0 {
            // What the parent has is not the child's to give back.
            drop(lead);
            #[allow(unsafe_code, reason = "a fork is what is tested")]
            // SAFETY: it ends this process.
            unsafe {
                libc::_exit(0);
            }
        }
        let mut status = 1;
        #[allow(unsafe_code, reason = "a fork is what is tested")]
        // SAFETY: `status` is there for the result.
        unsafe {
            libc::waitpid(child, &raw mut status, 0);
        }
        assert_eq!(status, 0);
    }
    println!("leads");
    wait_for_the_parent();
}

/// Waits as those do who wait for another process.
fn pause(length: Duration) {
    block_on(within(&Clock::system(), length, std::future::pending::<()>()));
}

#[test]
fn waiting_ends_in_a_child_of_a_fork_too() {
    let directory = TempDir::new().unwrap();
    let _store = open(builder(&directory));
    // The thread that ends it is there, and asleep.
    let _waits = std::thread::spawn(|| pause(LONG));
    pause(Duration::from_millis(5));
    #[allow(unsafe_code, reason = "a fork is what is tested")]
    // SAFETY: the child allocates and starts a thread, which glibc allows after a fork; it ends without running anything else,
    // by a signal if it hangs.
    let child = unsafe { libc::fork() };
    if child == 0 {
        #[allow(unsafe_code, reason = "a fork is what is tested")]
        // SAFETY: it sets a timer of this process.
        unsafe {
            libc::alarm(10);
        }
        pause(Duration::from_millis(5));
        #[allow(unsafe_code, reason = "a fork is what is tested")]
        // SAFETY: it ends this process.
        unsafe {
            libc::_exit(0);
        }
    }
    let mut status = 1;
    #[allow(unsafe_code, reason = "a fork is what is tested")]
    // SAFETY: `status` is there for the result.
    unsafe {
        libc::waitpid(child, &raw mut status, 0);
    }
    assert_eq!(status, 0, "the child waited for ever");
}

#[test]
fn a_process_waits_for_the_one_that_runs_and_for_no_other_key() {
    for role in ["lead", "lead and fork"] {
        let directory = TempDir::new().unwrap();
        let store = open(builder(&directory));
        let other = start(role, &directory);
        assert!(matches!(store.lead("a", SHORT), Lead::Changed), "{role}: patience ends");
        assert!(matches!(store.lead("b", SHORT), Lead::Granted(_)), "{role}");
        let prefixed = open(builder(&directory).prefix("p:"));
        assert!(matches!(prefixed.lead("a", SHORT), Lead::Granted(_)), "{role}");
        other.end();
        assert!(matches!(store.lead("a", SHORT), Lead::Granted(_)), "{role}");
    }
}

#[test]
fn who_waits_is_told_of_what_is_stored_or_invalidated_meanwhile() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory));
    let other = start("lead", &directory);
    for change in [
        |store: &Store| assert!(store.set("a", &Epoch::random().to_bytes())),
        |store: &Store| store.invalidate("a", seconds(60)),
    ] {
        let clock = Clock::system();
        let before = clock.now();
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| matches!(store.lead("a", LONG), Lead::Changed));
            change(&store);
            // Where it came before the look, another one does as well.
            while !waits.is_finished() {
                std::thread::park_timeout(Duration::from_millis(20));
                change(&store);
            }
            assert!(waits.join().unwrap());
        });
        assert!(clock.now() - before < 10_000);
    }
    other.end();
}

#[test]
fn the_file_of_runs_is_private_and_stays_empty() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory));
    let lead = store.lead("a", SHORT);
    let file = fs::metadata(directory.path().join("v3/flights")).unwrap();
    assert_eq!((file.permissions().mode() & 0o777, file.len()), (0o600, 0));
    drop(lead);
    assert_eq!(fs::metadata(directory.path().join("v3/flights")).unwrap().len(), 0);
}

#[test]
fn where_the_file_of_runs_cannot_be_opened_everyone_runs() {
    let directory = TempDir::new().unwrap();
    let store = open(builder(&directory));
    let (flights, mine) = (directory.path().join("v3/flights"), directory.path().join("mine"));
    fs::create_dir(&flights).unwrap();
    assert!(matches!(store.lead("a", LONG), Lead::Unshared));
    fs::remove_dir(&flights).unwrap();
    fs::write(&mine, "mine").unwrap();
    symlink(&mine, &flights).unwrap();
    assert!(matches!(store.lead("a", LONG), Lead::Unshared));
    assert_eq!(fs::read_to_string(&mine).unwrap(), "mine");
}

#[test]
fn a_directory_that_is_removed_by_hand_hinders_no_run() {
    let directory = TempDir::new().unwrap();
    let cache_dir = directory.path().join("cache");
    let store = open(builder(&cache_dir));
    let lead = store.lead("a", SHORT);
    fs::remove_dir_all(&cache_dir).unwrap();
    drop(lead);
    assert!(matches!(store.lead("a", SHORT), Lead::Granted(_) | Lead::Unshared));
}
