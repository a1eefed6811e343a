//! [`Answer`]: what another thread will give, waited for by a thread or by a task.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cache_core::{BackendError, wake_all};

use super::steward::{Steward, Worker};

struct Shared<T> {
    state: Mutex<State<T>>,
    given: Condvar,
}

struct State<T> {
    outcome: Option<Result<T, BackendError>>,
    waker: Option<Waker>,
}

impl<T> Shared<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What will be given.
pub(super) struct Answer<T> {
    shared: Arc<Shared<T>>,
    /// There as long as somebody waits.
    waits: Arc<()>,
}

/// Whether somebody waits for an answer still.
pub(super) struct Wanted(Weak<()>);

impl Wanted {
    pub(super) fn is_wanted(&self) -> bool {
        self.0.strong_count() > 0
    }
}

/// The duty to give it. Dropped, it gives an error.
pub(super) struct Promise<T>(Option<Arc<Shared<T>>>);

/// A promise and its answer.
pub(super) fn answer<T>() -> (Promise<T>, Answer<T>) {
    let shared = Arc::new(Shared { state: Mutex::new(State { outcome: None, waker: None }), given: Condvar::new() });
    (Promise(Some(Arc::clone(&shared))), Answer { shared, waits: Arc::new(()) })
}

impl<T> Promise<T> {
    pub(super) fn keep(mut self, outcome: Result<T, BackendError>) {
        self.give(outcome);
    }

    fn give(&mut self, outcome: Result<T, BackendError>) {
        let Some(shared) = self.0.take() else { return };
        let waker = {
            let mut state = shared.lock();
            state.outcome = Some(outcome);
            state.waker.take()
        };
        shared.given.notify_one();
        wake_all(waker);
    }
}

impl<T> Drop for Promise<T> {
    fn drop(&mut self) {
        self.give(Err(BackendError::new("this operation of the disk handler ended without an answer")));
    }
}

impl<T> Answer<T> {
    /// Waits for it, on a thread that may.
    pub(super) fn wait(self) -> Result<T, BackendError> {
        let mut state = self.shared.lock();
        loop {
            if let Some(outcome) = state.outcome.take() {
                return outcome;
            }
            state = self.shared.given.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits for it, but not for longer than `limit`; gives whether it came.
    pub(super) fn comes_within(&self, limit: Duration) -> bool {
        let state = self.shared.lock();
        let waited = self.shared.given.wait_timeout_while(state, limit, |state| state.outcome.is_none());
        waited.unwrap_or_else(PoisonError::into_inner).0.outcome.is_some()
    }
}

impl<T> Future for Answer<T> {
    type Output = Result<T, BackendError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // The waker before is dropped outside of the lock: it may be the last that holds a task, and what that waits for.
        let mut waker = Some(context.waker().clone());
        let mut state = self.shared.lock();
        if let Some(outcome) = state.outcome.take() {
            return Poll::Ready(outcome);
        }
        std::mem::swap(&mut state.waker, &mut waker);
        drop(state);
        Poll::Pending
    }
}

/// What `work` gives, which is done [`behind`]. It is told whether somebody waits for that.
pub(super) fn elsewhere<T: Send + 'static>(
    steward: &Arc<Steward>,
    work: impl FnOnce(Wanted) -> Result<T, BackendError> + Send + 'static,
) -> Answer<T> {
    let (promise, answer) = answer();
    let (wanted, on) = (Wanted(Arc::downgrade(&answer.waits)), Arc::clone(steward));
    // Counted from now on, so that no handler ends in between.
    let working = Worker::of(Arc::clone(steward));
    let job = move || {
        let outcome = work(wanted);
        drop(working);
        promise.keep(outcome);
    };
    behind(&on, job);
    answer
}

/// Does `job` on a thread of its own, where one can be had.
pub(super) fn behind(steward: &Steward, job: impl FnOnce() + Send + 'static) {
    let job = Arc::new(Mutex::new(Some(job)));
    let theirs = Arc::clone(&job);
    match std::thread::Builder::new().name("larder-disk-work".into()).spawn(move || run(&theirs)) {
        Ok(thread) => steward.keep_thread(thread),
        Err(_) => run(&job),
    }
}

fn run(job: &Mutex<Option<impl FnOnce()>>) {
    let taken = job.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(job) = taken {
        job();
    }
}
