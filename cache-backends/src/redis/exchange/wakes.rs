//! Waking many callers of one runtime by one of them.
//!
//! Waking a task from another thread can take a system call, and many tasks that wait often have their replies come together. So
//! of the tasks of a runtime one is woken, and wakes the others when it is polled, from within the runtime, which costs
//! next to nothing. Any other caller on that runtime does so too. Should the one that was woken not be polled for
//! a moment, as when its runtime is no longer driven, the handler's thread wakes the others.
//!
//! A caller that blocks its thread is woken by itself: it would keep the others waiting until its thread runs.

use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use cache_core::wake_all;
use smallvec::SmallVec;
use tokio::runtime::{Handle, Id};

use super::queue::Awaited;
use super::reply::Reply;

/// The runtime that a caller is polled by.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Home(Id);

impl Home {
    /// That of the caller who is polled now, if it has one and leaves it its thread.
    pub(super) fn current() -> Option<Self> {
        if cache_core::may_block() {
            return None;
        }
        Handle::try_current().ok().map(|runtime| Self(runtime.id()))
    }
}

/// Who is to be woken by those who were.
#[derive(Default)]
pub(super) struct Wakes {
    /// Whether there is anyone.
    owing: AtomicBool,
    owed: Mutex<Owed>,
}

#[derive(Default)]
struct Owed {
    homes: SmallVec<[Woken; 2]>,
    /// How often one was woken for others.
    rounds: u64,
}

/// A runtime on which one caller was woken.
struct Woken {
    home: Home,
    /// Tells it from another time.
    round: u64,
    others: Vec<Waker>,
}

/// The latest reply on a runtime, and who has got theirs before.
struct Last {
    home: Home,
    awaited: Awaited,
    reply: Reply,
    others: Vec<Waker>,
}

impl Wakes {
    /// Gives out these replies and wakes those who wait for them; of those on one runtime only one.
    pub(super) fn give(&self, complete: impl Iterator<Item = (Awaited, Reply)>) {
        // The last one on each runtime has its reply when it is known whom it is to wake.
        let mut last: SmallVec<[Last; 1]> = SmallVec::new();
        for (awaited, reply) in complete {
            if Arc::strong_count(&awaited.answer) == 1 {
                // Its caller has left.
                continue;
            }
            let Some(home) = awaited.home else {
                wake_all(awaited.give(reply));
                continue;
            };
            match last.iter_mut().find(|last| last.home == home) {
                Some(last) => {
                    let awaited = mem::replace(&mut last.awaited, awaited);
                    let reply = mem::replace(&mut last.reply, reply);
                    last.others.extend(awaited.give(reply));
                }
                None => last.push(Last { home, awaited, reply, others: Vec::new() }),
            }
        }
        last.into_iter().for_each(|last| self.give_last(last));
    }

    fn give_last(&self, last: Last) {
        let Last { home, awaited, reply, others } = last;
        let mut owed = self.owed();
        if let Some(woken) = owed.homes.iter_mut().find(|woken| woken.home == home) {
            woken.others.extend(others);
            woken.others.extend(awaited.give(reply));
            return;
        }
        if !others.is_empty() {
            owed.rounds += 1;
            let round = owed.rounds;
            owed.homes.push(Woken { home, round, others });
            self.owing.store(true, Ordering::SeqCst);
        }
        drop(owed);
        wake_all(awaited.give(reply));
    }

    /// Wakes whoever is owed a wake on this runtime, by a caller on it.
    pub(super) fn pass_on(&self, home: Option<Home>) {
        if home.is_none() || !self.owes() {
            return;
        }
        let mut owed = self.owed();
        let at = owed.homes.iter().position(|woken| Some(woken.home) == home);
        let others = at.map(|at| owed.homes.swap_remove(at).others);
        self.owing.store(!owed.homes.is_empty(), Ordering::SeqCst);
        drop(owed);
        wake_all(others.into_iter().flatten());
    }

    /// Whether anyone is owed a wake.
    pub(super) fn owes(&self) -> bool {
        self.owing.load(Ordering::SeqCst)
    }

    /// Tells those that are owed a wake by now from later ones.
    pub(super) fn round(&self) -> u64 {
        self.owed().rounds
    }

    /// Wakes whoever was owed a wake in that round, [`Wakes::round`], and still is.
    pub(super) fn pass_on_late(&self, round: u64) {
        if !self.owes() {
            return;
        }
        let mut owed = self.owed();
        let (late, homes) = mem::take(&mut owed.homes).into_iter().partition(|woken| woken.round <= round);
        owed.homes = homes;
        self.owing.store(!owed.homes.is_empty(), Ordering::SeqCst);
        drop(owed);
        let late: SmallVec<[Woken; 2]> = late;
        wake_all(late.into_iter().flat_map(|woken| woken.others));
    }

    fn owed(&self) -> MutexGuard<'_, Owed> {
        self.owed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
