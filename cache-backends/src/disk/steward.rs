//! The thread of one environment: it commits what futures have handed over, and gives back the room of what is over, also in
//! a process that only reads. It sleeps until there is one or the other to do.

use std::cell::Cell;
use std::future::poll_fn;
use std::mem;
use std::ops::Deref;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Poll, Waker};
use std::thread::JoinHandle;
use std::time::Duration;

use cache_core::{BackendError, Clock, block_on, within};

use super::Part;
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
    /// How many there are: see [`Worker`].
    working: Mutex<usize>,
    idle: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// It has the right to commit.
    commits: bool,
    /// Its environment is closed.
    closed: bool,
    runs: bool,
    waker: Option<Waker>,
    /// All that were begun for the environment and may not have ended.
    threads: Vec<JoinHandle<()>>,
}

thread_local! {
    /// How much of that this thread does.
    static WORKS: Cell<usize> = const { Cell::new(0) };
}

/// Somebody has the environment open behind its handlers' backs: the last of them does not end meanwhile.
pub(super) struct Worker(Arc<Steward>);

impl Worker {
    pub(super) fn of(steward: Arc<Steward>) -> Self {
        *steward.working() += 1;
        Self(steward)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        *self.0.working() -= 1;
        self.0.idle.notify_all();
    }
}

/// A [`Worker`] that is this thread.
pub(super) struct Working(#[expect(dead_code, reason = "it ends with this")] Worker);

impl Drop for Working {
    fn drop(&mut self) {
        WORKS.set(WORKS.get() - 1);
    }
}

impl Steward {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// See [`Worker`].
    pub(super) fn work(self: &Arc<Self>) -> Working {
        WORKS.set(WORKS.get() + 1);
        Working(Worker::of(Arc::clone(self)))
    }

    fn working(&self) -> MutexGuard<'_, usize> {
        self.working.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// A thread that works for the environment: it is waited for before that is closed.
    pub(super) fn keep_thread(&self, thread: JoinHandle<()>) {
        let mut state = self.lock();
        state.threads.push(thread);
        let here = std::thread::current().id();
        let has_ended = |thread: &JoinHandle<()>| thread.is_finished() && thread.thread().id() != here;
        let (ended, others) = mem::take(&mut state.threads).into_iter().partition(has_ended);
        state.threads = others;
        drop(state);
        // They end just now.
        let ended: Vec<JoinHandle<()>> = ended;
        ended.into_iter().for_each(|thread| drop(thread.join()));
    }

    fn take_threads(&self) -> Vec<JoinHandle<()>> {
        mem::take(&mut self.lock().threads)
    }

    /// Whether no handler is on the environment any more.
    pub(super) fn is_closed(&self) -> bool {
        self.lock().closed
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

/// A handler's hold on what it is made of. The last one that is dropped closes the environment, before that ends: whoever has
/// dropped all handlers of a directory may do with it what he likes.
pub(super) struct Kept(Option<Arc<Part>>);

impl Kept {
    pub(super) const fn new(part: Arc<Part>) -> Self {
        Self(Some(part))
    }
}

impl Deref for Kept {
    type Target = Arc<Part>;

    fn deref(&self) -> &Arc<Part> {
        match &self.0 {
            Some(part) => part,
            None => unreachable!("it is taken when this is dropped"),
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let Some(part) = self.0.take() else { return };
        let (environment, steward) = (Arc::clone(&part.environment), Arc::clone(&part.environment.steward));
        // The child of a fork has none of the threads that work, and a thread that works waits for nobody who does.
        if !environment.is_of_this_process() || !environment.leave() || WORKS.get() > 0 {
            return;
        }
        environment.settle();
        steward.close();
        // LMDB has a thread give back its place among the readers when that ends, which must not be while the store is closed.
        let here = std::thread::current().id();
        for thread in steward.take_threads().into_iter().filter(|thread| thread.thread().id() != here) {
            let _ = thread.join();
        }
        drop(environment);
        // Nobody begins to work while this is held.
        let working = steward.idle.wait_while(steward.working(), |working| *working > 0);
        drop(part);
        drop(working);
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
            let spawned = std::thread::Builder::new().name("larder-disk".into()).spawn(run);
            state.runs = spawned.is_ok();
            state.threads.extend(spawned);
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
        let mut next = self.next_end(now)?;
        if next <= now {
            self.sweep(now)?;
            next = self.next_end(now)?;
        }
        Ok(next.saturating_sub(now).clamp(PAUSE, NAP))
    }

    /// Waits until all that was handed over so far is committed; gives whether it is. For the end of the process.
    fn settle(self: &Arc<Self>) -> bool {
        self.writes.are_done() || self.barrier().comes_within(AT_EXIT)
    }
}

fn run(steward: &Arc<Steward>, environment: &Weak<Environment>, clock: &Clock) {
    let _ends = Ends(steward);
    let (mut tidy_at, mut orphans_at) = (0_u64, 0_u64);
    loop {
        let nap = Duration::from_millis(tidy_at.saturating_sub(clock.now()));
        block_on(within(clock, nap, steward.called()));
        let commits = {
            let mut state = steward.lock();
            if state.closed {
                return;
            }
            mem::take(&mut state.commits)
        };
        let _works = steward.work();
        let Some(environment) = environment.upgrade() else { return };
        if commits {
            environment.commit_all();
        }
        if clock.now() >= tidy_at {
            let nap = tidied(&environment, clock, &mut orphans_at);
            tidy_at = clock.now().saturating_add(nap);
        }
    }
}

/// The thread is no more: another one is begun when there is something to commit.
struct Ends<'a>(&'a Steward);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.lock().runs = false;
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
