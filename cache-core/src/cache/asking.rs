//! Waiting for what a backend answers, for as long as its handler has patience.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::handler::Handler;
use crate::backend::Reply;
use crate::clock::Clock;
use crate::error::BackendError;
use crate::timer::Alarm;
use crate::within::Within;

impl Handler {
    /// The answer of an operation, or an error when it takes longer than this handler's timeout. By the real clock:
    /// a store hangs in real time also where a test's clock stands still.
    pub(crate) fn ask<'a, T: Unpin>(&self, reply: Reply<'a, T>) -> Asking<'a, T> {
        Asking(Within::new(reply, Alarm::after(&Clock::system(), self.timeout())))
    }

    /// [`Handler::ask`] of someone who knows that it was `since` on this handler's clock, a moment ago.
    pub(crate) fn ask_since<'a, T: Unpin>(&self, reply: Reply<'a, T>, since: u64) -> Asking<'a, T> {
        if !self.clock.is_system() {
            return self.ask(reply);
        }
        Asking(Within::new(reply, Alarm::after_since(&self.clock, self.timeout(), since)))
    }
}

/// See [`Handler::ask`].
pub(crate) struct Asking<'a, T>(Within<Reply<'a, T>>);

impl<T: Unpin> Future for Asking<'_, T> {
    type Output = Result<T, BackendError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = ready!(Pin::new(&mut self.0).poll(context));
        Poll::Ready(answer.unwrap_or_else(|| {
            let limit = self.0.alarm.limit();
            Err(BackendError::new(format!("no answer within {limit:?}")))
        }))
    }
}
