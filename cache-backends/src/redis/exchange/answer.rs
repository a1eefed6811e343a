//! The answer that one caller waits for, and another thread gives.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::line::not_connected;
use super::reply::Reply;

/// What a caller waits for.
pub(super) struct Answer(Mutex<State>);

enum State {
    Awaited(Waker),
    /// And the buffer for it, if that was not used. The thread that made it frees it: where another does, both wait for the
    /// allocator's lock, as they did with every tenth miss.
    Here(Reply, Vec<u8>),
    Taken,
}

impl Answer {
    /// None yet; its caller is woken by `waker`.
    pub(super) const fn new(waker: Waker) -> Self {
        Self(Mutex::new(State::Awaited(waker)))
    }

    /// The answer is here: who is to be woken.
    #[must_use]
    pub(super) fn give(&self, reply: Reply, buffer: Vec<u8>) -> Option<Waker> {
        match mem::replace(&mut *self.state(), State::Here(reply, buffer)) {
            State::Awaited(waker) => Some(waker),
            State::Here(..) | State::Taken => None,
        }
    }

    /// Who waits for it.
    pub(super) fn waker(&self) -> Option<Waker> {
        match &*self.state() {
            State::Awaited(waker) => Some(waker.clone()),
            State::Here(..) | State::Taken => None,
        }
    }

    /// The reply, or the answer again while there is none.
    pub(super) fn poll(self: Arc<Self>, context: &Context<'_>) -> Result<Reply, Arc<Self>> {
        // Mostly nobody else has it any more, and then it is taken without the lock.
        let shared = match Self::alone(self) {
            Ok(State::Here(reply, _unused)) => return Ok(reply),
            // Nobody is there to give it any more.
            Ok(State::Awaited(_) | State::Taken) => return Ok(Reply::failed(not_connected())),
            Err(shared) => shared,
        };
        match shared.poll_shared(context) {
            Poll::Ready(reply) => Ok(reply),
            Poll::Pending => Err(shared),
        }
    }

    fn alone(self: Arc<Self>) -> Result<State, Arc<Self>> {
        // A look is cheaper than an attempt that fails.
        if Arc::strong_count(&self) > 1 {
            return Err(self);
        }
        Arc::try_unwrap(self).map(|Self(state)| state.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    fn poll_shared(&self, context: &Context<'_>) -> Poll<Reply> {
        let mut state = self.state();
        if let State::Awaited(waker) = &mut *state {
            // Dropped outside the lock: it may be the last that holds a task, and that task another request.
            let new = (!waker.will_wake(context.waker())).then(|| context.waker().clone());
            let replaced = new.map(|new| mem::replace(waker, new));
            drop(state);
            drop(replaced);
            return Poll::Pending;
        }
        match mem::replace(&mut *state, State::Taken) {
            State::Here(reply, _unused) => Poll::Ready(reply),
            State::Awaited(_) | State::Taken => Poll::Pending,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
