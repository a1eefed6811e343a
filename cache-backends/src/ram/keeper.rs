//! The one thread of all stores in memory: it writes the time of hits, and gives back the room of what is over.
//!
//! It works while there are calls, and sleeps when there are none, until something expires; a program that stores nothing
//! and calls nothing has it sleep for ever. Where no thread can be had, hits ask the real clock, and what is over makes room
//! when its turn comes.

use std::sync::Weak;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::Thread;
use std::time::Duration;

use cache_core::Clock;

use super::lock::Mutex;
use super::moment::MOMENT;
use super::reader;
use super::store::Store;

/// How often the time is written.
pub(super) const TICK: Duration = Duration::from_millis(4);
/// After how many rounds it asks whether there were calls, and sleeps if there were none.
const PATIENCE: u32 = 25;
/// How long it is between two rounds of tidying at least, in milliseconds; and how many times as long as the last one took.
const PAUSE: u64 = 1_000;
const SHARE: u64 = 50;

/// The stores to be tidied, and the thread once there is one.
pub(super) struct Keeper {
    pub(super) stores: Vec<Weak<Store>>,
    pub(super) thread: Option<Thread>,
}

pub(super) static KEEPER: Mutex<Keeper> = Mutex::new(Keeper { stores: Vec::new(), thread: None });

/// Somebody has called while the thread slept.
static CALLED: AtomicBool = AtomicBool::new(false);

/// Has `store` be tidied.
pub(super) fn keep(store: Weak<Store>) {
    let mut keeper = KEEPER.lock();
    keeper.stores.retain(|store| store.strong_count() > 0);
    keeper.stores.push(store);
}

/// Wakes the thread, or begins it.
#[cold]
pub(super) fn wake() {
    CALLED.store(true, Ordering::SeqCst);
    let mut keeper = KEEPER.lock();
    match &keeper.thread {
        Some(thread) => thread.unpark(),
        None => {
            let spawned = std::thread::Builder::new().name("larder-ram".into()).spawn(run);
            keeper.thread = spawned.ok().map(|handle| handle.thread().clone());
        }
    }
}

fn run() {
    let clock = Clock::system();
    let mut tidied = Tidied { due: 0, next: None };
    loop {
        if CALLED.load(Ordering::SeqCst) {
            write_time(&clock, &mut tidied);
        }
        if clock.now() >= tidied.due {
            tidied = tidy(&clock);
        }
        match tidied.next {
            None => std::thread::park(),
            Some(next) => {
                let wait = next.max(tidied.due).saturating_sub(clock.now());
                std::thread::park_timeout(Duration::from_millis(wait));
            }
        }
    }
}

/// Writes the time for as long as there are calls.
fn write_time(clock: &Clock, tidied: &mut Tidied) {
    while reader::were_calls() || CALLED.swap(false, Ordering::SeqCst) {
        for _ in 0..PATIENCE {
            if clock.now() >= tidied.due {
                // What is dropped there is the user's and may take its time, in which nobody writes: hits ask the real clock.
                MOMENT.stop();
                *tidied = tidy(clock);
            }
            MOMENT.write(clock.now());
            std::thread::park_timeout(TICK);
        }
    }
    MOMENT.stop();
    // Whatever was stored since is tidied at once, and then when it expires.
    tidied.due = 0;
}

/// What a round of tidying came to.
struct Tidied {
    /// Not before then again.
    due: u64,
    /// When the next entry expires, if one does.
    next: Option<u64>,
}

fn tidy(clock: &Clock) -> Tidied {
    let begun = clock.now();
    // Not behind the lock: what is freed may call cached functions.
    let stores: Vec<_> = {
        let keeper = KEEPER.lock();
        keeper.stores.iter().filter_map(Weak::upgrade).collect()
    };
    let next = stores.iter().filter_map(|store| store.tidy(begun)).min();
    let ended = clock.now();
    Tidied { due: ended + PAUSE.max(ended.saturating_sub(begun) * SHARE), next }
}
