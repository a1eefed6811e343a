//! Copies and drops of values that call larder themselves: the same function, the same key, and all that can be asked of
//! it. No lock is held while they run.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use larder::{Ram, cached};

use crate::eventually;
use crate::support::{Counted, alive, ends, entries, install_shown};

static CALLS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// This thread is in a copy or a drop: what that calls does not call again.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// A value that calls its own function, with its own key, when it is copied and when it is dropped.
#[derive(Debug)]
struct Calling(Counted);

impl Clone for Calling {
    fn clone(&self) -> Self {
        call(self.0.0);
        Self(self.0.clone())
    }
}

impl Drop for Calling {
    fn drop(&mut self) {
        call(self.0.0);
    }
}

fn call(n: u64) {
    if INSIDE.replace(true) {
        return;
    }
    let cache = larder::cache().blocking();
    match CALLS.fetch_add(1, SeqCst) % 16 {
        0 => calling::clear().unwrap(),
        1 => cache.clear().unwrap(),
        2 => cache.clear_matching("*calling*").unwrap(),
        3 => calling::invalidate(n).unwrap(),
        4 => drop(calling::refresh(n)),
        5 => assert!(calling::stats().runs > 0 && !larder::cache().stats().functions.is_empty()),
        6 => assert!(entries() <= 1_100),
        7 => drop(calling::peek(n).unwrap()),
        8 => cache.set(&n.to_string(), n, 300).unwrap(),
        9 => cache.invalidate_tag("all").unwrap(),
        10 => drop(calling(n + 1)),
        _ => drop(calling(n)),
    }
    INSIDE.set(false);
}

#[cached(tags = ["all"])]
fn tagged(n: u64) -> Calling {
    Calling(Counted::new(n))
}

#[cached(key = "{n}", ttl = "20ms")]
fn calling(n: u64) -> Calling {
    Calling(Counted::new(n))
}

fn copies_and_drops_may_call(threshold: usize, keys: u64) {
    install_shown(Ram::builder().threshold(threshold));
    ends(move || {
        std::thread::scope(|scope| {
            for thread in 0..3 {
                scope.spawn(move || {
                    for n in 0..1_500 {
                        let key = (n * 7 + thread) % keys;
                        assert_eq!((calling(key).0.0, tagged(key).0.0), (key, key));
                    }
                });
            }
        });
        larder::cache().blocking().clear().unwrap();
    });
    // What is dropped may store something again, which is over soon.
    eventually("nothing is left", || {
        larder::cache().blocking().clear().unwrap();
        alive() == 0
    });
}

#[test]
fn copies_and_drops_may_call_their_own_function_for_one_key() {
    copies_and_drops_may_call(1, 1);
}

#[test]
fn copies_and_drops_may_call_their_own_function_where_few_fit() {
    copies_and_drops_may_call(5, 12);
}

#[test]
fn copies_and_drops_may_call_their_own_function_in_many_shards() {
    copies_and_drops_may_call(1_100, 1_500);
}

/// Where drops wait until they are let on, once that is switched on.
static STOPS: AtomicBool = AtomicBool::new(false);
static STOPPED: OnceLock<SyncSender<()>> = OnceLock::new();
static GO: Mutex<Option<Receiver<()>>> = Mutex::new(None);

#[derive(Clone, Debug)]
struct Stopping;

impl Drop for Stopping {
    fn drop(&mut self) {
        if STOPS.swap(false, SeqCst) {
            STOPPED.get().unwrap().send(()).unwrap();
            let go = GO.lock().unwrap().take().unwrap();
            go.recv_timeout(Duration::from_secs(50)).expect("others go on meanwhile");
        }
    }
}

#[cached(key = "{n}")]
fn stopping(n: u64) -> Stopping {
    let _ = n;
    Stopping
}

#[cached(key = "{n}")]
fn number(n: u64) -> u64 {
    n
}

/// Others read, write and clear while a drop that `begin` has caused is stopped in its midst.
fn others_go_on(begin: impl FnOnce() + Send + 'static) {
    install_shown(Ram::builder().threshold(50));
    ends(|| {
        let ((stopped, stops), (go, goes)) = (sync_channel(1), sync_channel(1));
        STOPPED.set(stopped).unwrap();
        *GO.lock().unwrap() = Some(goes);
        drop(stopping(1));
        STOPS.store(true, SeqCst);
        let stopped = std::thread::spawn(begin);
        stops.recv_timeout(Duration::from_secs(50)).expect("it is dropped");
        for n in 0..200 {
            assert_eq!((number(n % 60), number(n % 60)), (n % 60, n % 60));
            drop(stopping(n));
        }
        // Where it is another thread that drops, that of `begin` makes room all the while.
        assert!(number::stats().hits > 0 && entries() <= 50);
        number::clear().unwrap();
        stopping::invalidate(1).unwrap();
        larder::cache().blocking().clear_matching("*number*").unwrap();
        larder::cache().blocking().clear().unwrap();
        go.send(()).unwrap();
        stopped.join().unwrap();
    });
}

#[test]
fn a_drop_under_a_clear_stops_nobody() {
    others_go_on(|| larder::cache().blocking().clear().unwrap());
}

#[test]
fn a_drop_under_a_clear_by_pattern_stops_nobody() {
    others_go_on(|| larder::cache().blocking().clear_matching("*stopping*").unwrap());
}

#[test]
fn a_drop_under_a_clear_of_the_function_stops_nobody() {
    others_go_on(|| stopping::clear().unwrap());
}

#[test]
fn a_drop_under_an_invalidation_stops_nobody() {
    others_go_on(|| stopping::invalidate(1).unwrap());
}

#[test]
fn a_drop_under_a_call_that_makes_room_stops_nobody() {
    others_go_on(|| (0..1_000).for_each(|n| assert_eq!(number(n), n)));
}
