//! The thread of one environment: it commits what futures have handed over, and gives back the room of what is over, also in
//! a process that only reads. It sleeps until there is one or the other to do.

use std::cell::Cell;
use std::future::poll_fn;
use std::mem;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Poll, Waker};
use std::time::Duration;

use cache_core::{BackendError, Clock, block_on, within};

use super::environment::Environment;

/// How long it sleeps at most, in milliseconds: other processes may have stored what is over sooner than it knew of.
const NAP: u64 = 60_000;
/// And at least, between two rounds.
const PAUSE: u64 = 1_000;
/// How often it looks for files that no row names, in milliseconds.
const ORPHANS_EVERY: u64 = 3_600_000;
/// How long the end of the process waits for writes that are on their way.
const AT_EXIT: Duration = Duration::from_secs(10);

/// What the thread is told.
#[derive(Debug, Default)]
pub(super) struct Steward {
    state: Mutex<State>,
    /// Held by the thread while it has the environment open.
    works: Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    /// It has the right to commit.
    commits: bool,
    /// Its environment is closed.
    closed: bool,
    runs: bool,
    waker: Option<Waker>,
}

impl Steward {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, what: impl FnOnce(&mut State)) {
        let waker = {
            let mut state = self.lock();
            what(&mut state);
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    pub(super) fn close(&self) {
        self.tell(|state| state.closed = true);
    }

    /// Ready when there is something to commit, or the environment is closed.
    async fn called(&self) {
        poll_fn(|context| {
            let mut state = self.lock();
            if state.commits || state.closed {
                return Poll::Ready(());
            }
            state.waker = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

thread_local! {
    static IS_STEWARD: Cell<bool> = const { Cell::new(false) };
}

/// A handler's hold on an environment. The last one that is dropped closes it, before that ends: whoever has dropped all handlers
/// of a directory may do with it what he likes.
pub(super) struct Kept(Option<Arc<Environment>>);

impl Kept {
    pub(super) const fn new(environment: Arc<Environment>) -> Self {
        Self(Some(environment))
    }
}

impl Deref for Kept {
    type Target = Arc<Environment>;

    fn deref(&self) -> &Arc<Environment> {
        match &self.0 {
            Some(environment) => environment,
            None => unreachable!("it is taken when this is dropped"),
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let Some(environment) = self.0.take() else { return };
        let steward = Arc::clone(&environment.steward);
        // The child of a fork has no such thread, and the thread itself need not wait for what it does.
        let waits = environment.is_of_this_process() && !IS_STEWARD.get();
        let _idle = waits.then(|| steward.works.lock().unwrap_or_else(PoisonError::into_inner));
        drop(environment);
    }
}

impl Environment {
    /// Begins the thread, if it can be had.
    pub(super) fn begin_steward(self: &Arc<Self>) -> bool {
        let mut state = self.steward.lock();
        if !state.runs {
            let (steward, environment) = (Arc::clone(&self.steward), Arc::downgrade(self));
            let clock = self.clock().clone();
            let run = move || run(&steward, &environment, &clock);
            state.runs = std::thread::Builder::new().name("larder-disk".into()).spawn(run).is_ok();
        }
        state.runs
    }

    /// Hands the right to commit over to the thread.
    pub(super) fn let_steward_commit(self: &Arc<Self>) {
        if self.begin_steward() {
            self.steward.tell(|state| state.commits = true);
        } else {
            self.commit_all();
        }
    }

    /// Gives back the room of what is over. Gives for how long there is nothing more to do, in milliseconds.
    fn tidy(self: &Arc<Self>) -> Result<u64, BackendError> {
        let now = self.now();
        let next = self.next_end(now)?;
        if next <= now {
            self.sweep(now)?;
        }
        Ok(self.next_end(now)?.saturating_sub(now).clamp(PAUSE, NAP))
    }

    /// Waits until all that was handed over so far is committed; gives whether it is. For the end of the process.
    fn settle(self: &Arc<Self>) -> bool {
        self.barrier().comes_within(AT_EXIT)
    }
}

fn run(steward: &Steward, environment: &Weak<Environment>, clock: &Clock) {
    IS_STEWARD.set(true);
    let (mut nap, mut orphans_at) = (0, 0);
    loop {
        let tidies = block_on(within(clock, Duration::from_millis(nap), steward.called())).is_none();
        let commits = {
            let mut state = steward.lock();
            if state.closed {
                return;
            }
            mem::take(&mut state.commits)
        };
        let _works = steward.works.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(environment) = environment.upgrade() else { return };
        if commits {
            environment.commit_all();
        }
        if tidies {
            nap = tidied(&environment, clock, &mut orphans_at);
        }
    }
}

fn tidied(environment: &Arc<Environment>, clock: &Clock, orphans_at: &mut u64) -> u64 {
    if clock.now() >= *orphans_at {
        *orphans_at = clock.now().saturating_add(ORPHANS_EVERY);
        if let Err(error) = environment.remove_orphans() {
            log::debug!("the files of a store on disk could not be swept: {error}");
        }
    }
    environment.tidy().unwrap_or_else(|error| {
        log::debug!("a store on disk could not be tidied: {error}");
        NAP
    })
}

/// Commits what is on its way in all environments, before the process ends.
pub(super) extern "C" fn at_exit() {
    for environment in super::environment::all() {
        // What was given to the parent of a fork is the parent's to write.
        if !environment.is_of_this_process() {
            continue;
        }
        if environment.settle() {
            environment.take_leave();
        } else {
            log::warn!("the process ends before all that was given to a disk handler is written");
        }
    }
}
