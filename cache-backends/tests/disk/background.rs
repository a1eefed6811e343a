//! What goes on behind the callers' backs: writes of futures, and giving back the room of what is over.

use std::future::Future;
use std::path::Path;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use cache_core::key::Key;
use cache_core::{Backend, Env, Life, Slot, Stored, When, block_on};
use tempfile::TempDir;

use super::tools::{Store, builder, generation, open, open_on, seconds};

const FOREVER: Life = Life::FOREVER;

/// The backend, as an executor has it.
fn backend(directory: &Path) -> Arc<dyn Backend> {
    let env = Env { clock: cache_core::Clock::system() };
    Arc::clone(open_on(builder(directory).threshold(100_000), &env).backend())
}

fn bytes(value: &[u8]) -> Option<Stored> {
    Some(Stored::Bytes(value.to_vec()))
}

fn get(backend: &dyn Backend, key: &str) -> Option<Stored> {
    block_on(backend.get(&[Slot::Entry(&Key::direct(key))])).unwrap().pop().flatten()
}

/// Wakes the thread that made it.
struct Here(std::thread::Thread);

impl Wake for Here {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Polls to the end, and gives how often it had to wait.
fn polls<T>(future: impl Future<Output = T>) -> (T, usize) {
    let waker = Waker::from(Arc::new(Here(std::thread::current())));
    let (mut future, mut waits) = (pin!(future), 0);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return (output, waits),
            Poll::Pending => {
                waits += 1;
                std::thread::park_timeout(Duration::from_secs(10));
            }
        }
    }
}

/// How many bytes this thread has written and read by calls of the system.
#[cfg(target_os = "linux")]
fn moved() -> (u64, u64) {
    let text = std::fs::read_to_string("/proc/thread-self/io").unwrap();
    let number = |name| text.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().parse().unwrap();
    (number("wchar:"), number("rchar:"))
}

#[cfg(target_os = "linux")]
#[test]
fn a_future_never_writes_or_reads_much_on_its_executors_thread() {
    let directory = TempDir::new().unwrap();
    let backend = backend(directory.path());
    let (key, large) = (Key::direct("a"), vec![7; 1 << 20]);
    let put = async |value: &[u8]| backend.put(Slot::Entry(&key), bytes(value), FOREVER, When::Always).await.unwrap();
    let look = async || backend.look(&key, &[]).await.unwrap().stored.unwrap().as_bytes().unwrap().to_vec();
    let moves = |work: &dyn Fn()| {
        let before = moved();
        work();
        let after = moved();
        (after.0 - before.0, after.1 - before.1)
    };
    for value in [b"small", &large[..]] {
        // What a sync caller does itself, an executor's thread is spared.
        let (by_sync, _) = moves(&|| assert!(block_on(put(value))));
        let (by_executor, _) = moves(&|| assert!(polls(put(value)).0));
        assert!(by_sync >= value.len() as u64 && by_executor == 0, "{by_sync} and {by_executor} bytes written");
    }
    let (_, by_sync) = moves(&|| assert!(block_on(look()) == large));
    let (_, by_executor) = moves(&|| assert!(polls(look()).0 == large));
    assert!(by_sync >= large.len() as u64 && by_executor < 10_000, "{by_sync} and {by_executor} bytes read");
    // A small value is had at once.
    block_on(put(b"small"));
    assert_eq!(polls(look()), (b"small".to_vec(), 0));
}

#[test]
fn a_write_whose_caller_went_away_happens_and_flush_waits_for_it() {
    let directory = TempDir::new().unwrap();
    let backend = backend(directory.path());
    let names: Vec<String> = (0..500).map(|key| key.to_string()).collect();
    for name in &names {
        let key = Key::direct(name);
        drop(backend.put(Slot::Entry(&key), bytes(b"value"), FOREVER, When::Always));
    }
    block_on(backend.flush()).unwrap();
    assert!(names.iter().all(|name| get(&*backend, name).is_some()));
}

#[test]
fn many_callers_at_once_each_get_their_own_answer() {
    let directory = TempDir::new().unwrap();
    let backend = backend(directory.path());
    std::thread::scope(|scope| {
        for thread in 0..8_usize {
            let backend = &*backend;
            scope.spawn(move || {
                for round in 0..100 {
                    let name = format!("{}", round % 10);
                    let key = Key::direct(&name);
                    let put =
                        async { backend.put(Slot::Entry(&key), bytes(name.as_bytes()), FOREVER, When::Absent).await };
                    // Half of them are sync callers, the others an executor's.
                    let stored = if thread % 2 == 0 { block_on(put) } else { polls(put).0 };
                    let found = get(backend, &name).unwrap();
                    assert_eq!(found.as_bytes(), Some(name.as_bytes()));
                    assert!(round >= 10 || stored.is_ok());
                }
            });
        }
    });
    let own = (0..10).map(|key| {
        block_on(backend.put(Slot::Entry(&Key::direct(&key.to_string())), bytes(b"late"), FOREVER, When::Absent))
    });
    assert!(own.into_iter().all(|stored| !stored.unwrap()));
}

#[test]
fn a_write_that_fails_fails_alone() {
    let directory = TempDir::new().unwrap();
    let backend = backend(directory.path());
    let long = "k".repeat(5 << 20);
    let (fine, late) = (Key::direct("fine"), Key::direct("late"));
    let too_long = Key::direct(&long);
    let put = |key| backend.put(Slot::Entry(key), bytes(b"value"), FOREVER, When::Always);
    let (first, second, third) = (put(&fine), put(&too_long), put(&late));
    let stored = [polls(first).0, polls(third).0];
    drop(polls(second));
    assert!(stored.into_iter().all(Result::unwrap));
}

fn large_files(directory: &TempDir) -> usize {
    std::fs::read_dir(generation(directory.path()).join("values")).map_or(0, Iterator::count)
}

#[test]
fn what_is_over_gives_its_room_back_though_nobody_writes_or_asks() {
    let directory = TempDir::new().unwrap();
    let store: Store = open(builder(&directory));
    store.set_for("a", &[7; 1 << 20], seconds(30));
    store.set_for("b", &[7; 1 << 20], seconds(3_600));
    assert_eq!(large_files(&directory), 2);
    store.clock.advance(Duration::from_secs(120));
    while large_files(&directory) > 1 {
        std::thread::park_timeout(Duration::from_millis(5));
    }
    assert!(store.get("b").is_some());
}

/// Panics when it is woken.
struct Bomb;

impl Wake for Bomb {
    fn wake(self: Arc<Self>) {
        panic!("an executor that is gone");
    }
}

#[test]
fn a_waker_that_panics_hinders_no_write() {
    let directory = TempDir::new().unwrap();
    let backend = backend(directory.path());
    let key = Key::direct("a");
    for _ in 0..50 {
        let mut put = pin!(backend.put(Slot::Entry(&key), bytes(b"value"), FOREVER, When::Always));
        let _ = put.as_mut().poll(&mut Context::from_waker(&Waker::from(Arc::new(Bomb))));
        // Another one, which is committed behind it.
        assert!(polls(backend.put(Slot::Entry(&Key::direct("b")), bytes(b"value"), FOREVER, When::Always)).0.unwrap());
    }
    assert!(block_on(async { backend.put(Slot::Entry(&key), bytes(b"late"), FOREVER, When::Always).await }).unwrap());
}

type Task = Mutex<Option<Pin<Box<dyn Future<Output = ()> + Send>>>>;

/// A task that nobody polls again: whoever drops its last waker drops it.
struct Orphan(Task);

impl Wake for Orphan {
    fn wake(self: Arc<Self>) {}
}

#[test]
fn a_waker_that_drops_the_last_hold_on_a_handler_hinders_no_other() {
    let directory = TempDir::new().unwrap();
    for _ in 0..20 {
        let (mine, other) = (backend(directory.path()), backend(directory.path()));
        let mut task: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async move {
            let key = Key::direct("a");
            for _ in 0..1_000 {
                mine.put(Slot::Entry(&key), bytes(b"value"), FOREVER, When::Always).await.unwrap();
            }
        });
        // It is polled once with a waker that has the rest of it.
        let waker = Arc::new(Orphan(Mutex::new(None)));
        let _ = task.as_mut().poll(&mut Context::from_waker(&Waker::from(Arc::clone(&waker))));
        *waker.0.lock().unwrap() = Some(task);
        drop(waker);
        let key = Key::direct("b");
        assert!(polls(other.put(Slot::Entry(&key), bytes(b"value"), FOREVER, When::Always)).0.unwrap());
    }
}

#[test]
fn a_large_write_whose_caller_went_away_never_comes_behind_what_he_did_since() {
    let directory = TempDir::new().unwrap();
    let backend = backend(directory.path());
    let (key, large) = (Key::direct("a"), vec![7; 4 << 20]);
    for round in 0..10_u8 {
        drop(backend.put(Slot::Entry(&key), bytes(&large), FOREVER, When::Always));
        assert!(polls(backend.put(Slot::Entry(&key), bytes(&[round]), FOREVER, When::Always)).0.unwrap());
        // Behind all that goes on elsewhere: another large one takes longer.
        let other = Key::direct("other");
        assert!(polls(backend.put(Slot::Entry(&other), bytes(&large), FOREVER, When::Always)).0.unwrap());
        assert_eq!(get(&*backend, "a").unwrap().as_bytes(), Some(&[round][..]));
    }
}
