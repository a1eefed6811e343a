//! Recording a body while the client reads it: no faster than the client does, and no more of it than may be stored.
//!
//! A client that goes away leaves the rest to a task, so that what others wait for comes to its end.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::body::whole_data;
use crate::pending::Pending;

/// How long a task goes on with what no client waits for any more.
pub(crate) const ABANDONED: Duration = Duration::from_secs(60);

/// A body that is read and recorded. It is a `Body` in all but name: the body must be owned to be handed over, so it is
/// on the heap, and nothing here is pinned.
pub(crate) struct Recording<B> {
    body: Option<Pin<Box<B>>>,
    tape: Option<Tape>,
    /// Reads the rest of a body whose client has gone.
    take_over: fn(Pin<Box<B>>, Tape),
}

/// What was read so far, and what becomes of it.
pub(crate) struct Tape {
    /// A copy: chunks may be small parts of large buffers.
    read: Vec<u8>,
    max: usize,
    /// How long it may become, to make room for it at once.
    expected: usize,
    /// What the response says of its length.
    declared: Option<u64>,
    pending: Box<Pending>,
}

impl Tape {
    pub(crate) fn new(max: usize, declared: Option<u64>, expected: u64, pending: Box<Pending>) -> Self {
        let expected = usize::try_from(expected).unwrap_or(usize::MAX).min(max);
        Self { read: Vec::new(), max, expected, declared, pending }
    }

    /// Takes a frame in; gives the tape back while the response may still be stored.
    fn take(mut self, frame: &Frame<Bytes>) -> Option<Self> {
        let data = frame.data_ref().filter(|data| data.len() <= self.max - self.read.len());
        let Some(data) = data else {
            self.pending.give_up();
            return None;
        };
        if self.read.is_empty() {
            self.read.reserve_exact(self.expected.max(data.len()));
        }
        self.read.extend_from_slice(data);
        Some(self)
    }

    /// The body is complete.
    fn end(self) {
        if self.declared.is_some_and(|declared| declared != self.read.len() as u64) {
            return self.pending.give_up();
        }
        self.pending.store(self.read.into_boxed_slice().into());
    }

    /// The body broke off.
    fn break_off(self) {
        self.pending.fail();
    }
}

impl<B: Body + Send + 'static> Recording<B> {
    pub(crate) fn new(body: B, tape: Tape) -> Self {
        let body = Box::pin(body);
        if body.is_end_stream() {
            // Nobody may ever poll it.
            tape.end();
            return Self { body: Some(body), tape: None, take_over };
        }
        Self { body: Some(body), tape: Some(tape), take_over }
    }
}

impl<B: Body> Recording<B> {
    pub(crate) fn poll_frame(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        // Taken out, it is dropped if the body panics: what comes after that is not stored.
        let tape = self.tape.take();
        let polled = {
            // Its stream may call cached functions, and even ask for this very response.
            let _inside = tape.as_ref().and_then(|tape| tape.pending.inside());
            body.as_mut().poll_frame(context)
        };
        let Poll::Ready(polled) = polled else {
            self.tape = tape;
            return Poll::Pending;
        };
        let polled = polled.map(whole_data);
        match (&polled, tape) {
            (_, None) => {}
            (Some(Ok(frame)), Some(tape)) => {
                self.tape = tape.take(frame);
                // Whoever knows the length does not ask for more.
                if body.is_end_stream()
                    && let Some(tape) = self.tape.take()
                {
                    tape.end();
                }
            }
            (Some(Err(_)), Some(tape)) => tape.break_off(),
            (None, Some(tape)) => tape.end(),
        }
        Poll::Ready(polled)
    }

    pub(crate) fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    pub(crate) fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

impl<B> Drop for Recording<B> {
    fn drop(&mut self) {
        if let (Some(body), Some(tape)) = (self.body.take(), self.tape.take()) {
            (self.take_over)(body, tape);
        }
    }
}

/// Reads the rest in a task. Where there is no tokio it breaks off.
fn take_over<B: Body + Send + 'static>(body: Pin<Box<B>>, tape: Tape) {
    let runtime = tokio::runtime::Handle::try_current();
    let (Ok(runtime), false) = (runtime, std::thread::panicking()) else { return tape.break_off() };
    let clock = tape.pending.clock().clone();
    let mut recording = Recording { body: Some(body), tape: Some(tape), take_over: |_, tape| tape.break_off() };
    drop(runtime.spawn(async move {
        let rest = std::future::poll_fn(|context| {
            while recording.tape.is_some() {
                if ready!(recording.poll_frame(context)).is_none() {
                    break;
                }
            }
            Poll::Ready(())
        });
        cache_core::within(&clock, ABANDONED, rest).await
    }));
}
