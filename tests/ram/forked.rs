//! A child of a real `fork(2)`.
#![allow(unsafe_code)]

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Barrier};
use std::time::Duration;

use cache_core::key::{Key, Space};
use cache_core::{Backend, Entry, Life, Slot, Stored, Validity, When, block_on};
use larder::{Clock, Env, IntoHandler as _, Ram, cached};

use crate::install;
use crate::support::{install_shown, store};

static RUNS: AtomicU64 = AtomicU64::new(0);

#[cached(ttl = "100ms")]
fn soon_over(n: u64) -> u64 {
    RUNS.fetch_add(1, SeqCst);
    n
}

#[cached]
fn number(n: u64) -> String {
    n.to_string()
}

/// What `child` gives in a child, which has to end within 20 s.
fn in_child(child: impl FnOnce() -> bool) -> bool {
    // SAFETY: the child calls cached functions, which are what is tested, and leaves by `_exit`.
    match unsafe { libc::fork() } {
        0 => {
            let holds = std::panic::catch_unwind(std::panic::AssertUnwindSafe(child)).unwrap_or(false);
            // SAFETY: it ends the process, and gives nothing back.
            unsafe { libc::_exit(i32::from(!holds)) }
        }
        child => {
            let (clock, mut status) = (Clock::system(), 0);
            let start = clock.now();
            // SAFETY: `status` is there for it to be written to, and the child is this process's and not waited for elsewhere.
            while unsafe { libc::waitpid(child, &raw mut status, libc::WNOHANG) } == 0 {
                if clock.now() - start > 20_000 {
                    // SAFETY: it touches no memory, and the child, which was not waited for yet, has its number still.
                    unsafe { libc::kill(child, libc::SIGKILL) };
                }
                std::thread::park_timeout(Duration::from_millis(5));
            }
            status == 0
        }
    }
}

#[test]
fn nothing_is_served_late_in_a_child_whose_parent_was_busy() {
    install(Ram::builder());
    let clock = Clock::system();
    let start = clock.now();
    // The time is being written in the parent; nobody writes it in the child.
    while clock.now() - start < 30 {
        soon_over(1);
    }
    assert!(in_child(|| {
        let before = RUNS.load(SeqCst);
        std::thread::park_timeout(Duration::from_millis(150));
        soon_over(1);
        RUNS.load(SeqCst) == before + 1
    }));
}

/// Says that it is over, also when a test fails.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, SeqCst);
    }
}

/// Puts and reads one entry, by the store alone.
fn put_and_read(space: &Space, n: u64) -> bool {
    put_and_read_in(&**store(), space, n)
}

fn put_and_read_in(store: &dyn Backend, space: &Space, n: u64) -> bool {
    let arguments = n.to_le_bytes();
    let key = Key::new(space, &arguments);
    let validity = Validity { created: 0, fresh_until: u64::MAX, kept_until: u64::MAX, epoch: 0, tags: Vec::new() };
    let stored = Stored::Object(Arc::new(Entry { value: Arc::new(n), weigher: None, validity }));
    let put = block_on(store.put(Slot::Entry(&key), Some(stored), Life::FOREVER, When::Always));
    let found = block_on(store.get(&[Slot::Entry(&key)])).unwrap().pop().flatten();
    // Another thread may have pushed it out meanwhile.
    put.unwrap()
        && found.is_none_or(|found| matches!(found, Stored::Object(entry) if entry.value.downcast_ref() == Some(&n)))
}

/// Forks while several threads `call`, and has each child call too.
fn fork_among_busy_threads(call: impl Fn(u64) -> bool + Sync) {
    let (call, is_over) = (&call, &AtomicBool::new(false));
    std::thread::scope(|scope| {
        let _over = Over(is_over);
        for thread in 0..3 {
            scope.spawn(move || {
                let mut n = thread;
                while !is_over.load(SeqCst) {
                    n = (n * 7 + 3) % 5_000;
                    assert!(call(n));
                }
            });
        }
        for round in 0..20 {
            assert!(in_child(|| (0..3_000).all(|n| call(n + round))), "round {round}");
        }
    });
}

#[test]
fn a_child_of_a_process_of_many_busy_threads_reads_and_writes() {
    install_shown(Ram::builder().threshold(2_000));
    let space = Space::function("forked", 0);
    fork_among_busy_threads(|n| put_and_read(&space, n));
}

#[test]
fn a_child_of_a_process_of_many_busy_callers_calls() {
    install(Ram::builder().threshold(2_000));
    fork_among_busy_threads(|n| number(n) == n.to_string());
}

macro_rules! functions {
    ($($name:ident)*) => {
        $(
            #[cached]
            fn $name(n: u64) -> String {
                n.to_string()
            }
        )*
        const NEW: &[fn(u64) -> String] = &[$($name),*];
    };
}
functions! { a b c d e f g h i j k l m n o p q r s t u v w x y z }

#[test]
fn a_child_calls_what_is_called_in_its_parent_for_the_first_time() {
    install(Ram::builder());
    let together = &Barrier::new(2);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            for function in NEW {
                together.wait();
                function(1);
            }
        });
        for function in NEW {
            together.wait();
            assert!(in_child(|| NEW.iter().all(|new| new(2) == "2") && function(1) == "1"));
        }
    });
}

#[cached]
fn under_way(n: u64) -> u64 {
    ENTERED.store(true, SeqCst);
    while !LEAVE.load(SeqCst) {
        std::thread::park_timeout(Duration::from_millis(1));
    }
    n
}

static ENTERED: AtomicBool = AtomicBool::new(false);
static LEAVE: AtomicBool = AtomicBool::new(false);

#[test]
fn a_child_does_not_wait_for_a_run_that_is_under_way_in_its_parent() {
    install(Ram::builder());
    // Settled, so that the run of a miss is a quick one; and one that others wait for.
    LEAVE.store(true, SeqCst);
    under_way(1);
    LEAVE.store(false, SeqCst);
    ENTERED.store(false, SeqCst);
    std::thread::scope(|scope| {
        scope.spawn(|| under_way(2));
        while !ENTERED.load(SeqCst) {
            std::thread::park_timeout(Duration::from_millis(1));
        }
        scope.spawn(|| under_way(2));
        let answered = in_child(|| {
            LEAVE.store(true, SeqCst);
            let clock = Clock::system();
            let start = clock.now();
            under_way(2) == 2 && clock.now() - start < 10_000
        });
        LEAVE.store(true, SeqCst);
        assert!(answered);
    });
}

#[test]
fn parent_and_child_go_on_with_the_partitions_that_there_were_and_make_others() {
    let opened = Ram::builder().max_bytes(1 << 20).open(&Env { clock: Clock::system() }).unwrap();
    let ram = &**opened.backend();
    let space = |n: usize| Space::function(format!("of {n}"), 0).with_threshold(20.try_into().unwrap());
    let spaces: Vec<Space> = (0..100).map(space).collect();
    let fill = |space: &Space| (0..50).all(|n| put_and_read_in(ram, space, n));
    for round in 1..=10 {
        assert!(spaces[..round * 5].iter().all(fill));
        assert!(in_child(|| spaces.iter().all(fill)), "round {round}");
        assert!(spaces[..round * 10].iter().all(fill));
    }
}

#[test]
fn a_child_hits_what_its_parent_stored_and_was_reading() {
    install(Ram::builder().threshold(2_000));
    let is_over = &AtomicBool::new(false);
    let all = || (0..500).all(|n| number(n) == n.to_string());
    assert!(all());
    std::thread::scope(|scope| {
        let _over = Over(is_over);
        for _ in 0..3 {
            scope.spawn(move || {
                while !is_over.load(SeqCst) {
                    assert!(all());
                }
            });
        }
        for round in 0..10 {
            assert!(in_child(|| all() && all() && number::stats().runs == 500), "round {round}");
        }
    });
}
