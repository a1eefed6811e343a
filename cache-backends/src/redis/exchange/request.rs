//! A caller that waits for its replies, and what it does for others meanwhile.
//!
//! Of the tasks of one runtime that ask at the same time, the first writes the requests of all, when the others have had
//! their turn, or whoever makes them a batch before that: a system call for each request is what a server and its callers
//! spend most of their time on. It takes a few turns of its runtime, which are over in a moment where nothing else is to be
//! done.

use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use super::answer::Answer;
use super::queue::{Caller, Writes};
use super::reply::{Replies, Reply};
use super::wakes::Home;
use super::{Command, Exchange};

/// How many turns others have before a caller writes what is queued.
const TURNS: u32 = 4;

/// See [`Exchange::request`].
pub(in crate::redis) struct Request<'a> {
    exchange: &'a Exchange,
    commands: &'a [&'a Command],
    home: Option<Home>,
    state: State,
}

enum State {
    New,
    /// It writes what is queued in a round after so many turns.
    Writes(Arc<Answer>, u64, u32),
    Waits(Arc<Answer>),
    Ended,
}

impl<'a> Request<'a> {
    pub(super) fn new(exchange: &'a Exchange, commands: &'a [&'a Command]) -> Self {
        Self { exchange, commands, home: Home::current(), state: State::New }
    }

    /// Queues the commands.
    fn begin(&mut self, context: &Context<'_>) -> Poll<Reply> {
        if self.commands.is_empty() {
            return Poll::Ready(Reply::Several(Box::new(Replies::new())));
        }
        self.state = State::New;
        let caller = Caller { waker: context.waker(), home: self.home };
        let queued = match ready!(self.exchange.put(self.commands, caller)) {
            Ok(queued) => queued,
            Err(error) => return Poll::Ready(Reply::failed(error)),
        };
        if queued.tell {
            self.exchange.relay.pass_on();
        }
        self.state = match queued.writes {
            Writes::Not => State::Waits(queued.answer),
            Writes::Soon(round) => {
                context.waker().wake_by_ref();
                State::Writes(queued.answer, round, TURNS)
            }
            Writes::Now => {
                self.exchange.drive();
                return self.wait(queued.answer, context, State::Waits);
            }
        };
        Poll::Pending
    }

    /// The reply, or else it waits on.
    fn wait(
        &mut self,
        answer: Arc<Answer>,
        context: &Context<'_>,
        on: impl FnOnce(Arc<Answer>) -> State,
    ) -> Poll<Reply> {
        match answer.poll(context) {
            Ok(reply) => Poll::Ready(reply),
            Err(answer) => {
                self.state = on(answer);
                Poll::Pending
            }
        }
    }
}

impl Future for Request<'_> {
    type Output = Reply;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // Also of one that was queued before the fork, and before any lock: whoever holds it may not be there.
        if let Err(error) = self.exchange.refuse_child() {
            return Poll::Ready(Reply::failed(error));
        }
        self.exchange.shared.wakes.pass_on(self.home);
        let replies = match mem::replace(&mut self.state, State::Ended) {
            State::New => self.begin(context),
            State::Writes(answer, round, turns) if turns > 1 => {
                context.waker().wake_by_ref();
                self.wait(answer, context, |answer| State::Writes(answer, round, turns - 1))
            }
            State::Writes(answer, round, _) => {
                self.exchange.write(round);
                self.wait(answer, context, State::Waits)
            }
            State::Waits(answer) => self.wait(answer, context, State::Waits),
            State::Ended => Poll::Pending,
        };
        match (&replies, &self.state) {
            (Poll::Ready(_), _) => {
                self.state = State::Ended;
                cache_core::promise_wake(None);
            }
            (Poll::Pending, State::Waits(_) | State::Writes(..)) => {
                cache_core::promise_wake(self.exchange.wakes_within());
            }
            (Poll::Pending, State::New | State::Ended) => {}
        }
        replies
    }
}

impl Drop for Request<'_> {
    fn drop(&mut self) {
        cache_core::promise_wake(None);
        if !self.exchange.owner.is_current() {
            return;
        }
        if let State::Writes(_, round, _) = self.state {
            self.exchange.shared.queue().release(round);
            self.exchange.relay.pass_on();
        }
        self.exchange.shared.wakes.pass_on(self.home);
    }
}
