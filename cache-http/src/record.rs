//! Recording a body while the client reads it: no faster than the client does, and no more of it than may be stored.
//!
//! A client that goes away leaves the rest to a task, so that what others wait for comes to its end.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame, SizeHint};

use crate::body::whole_data;
use crate::flight::Pending;

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
    chunks: Vec<Bytes>,
    length: usize,
    max: usize,
    /// What the response says of its length.
    declared: Option<u64>,
    pending: Box<Pending>,
}

impl Tape {
    pub(crate) const fn new(max: usize, declared: Option<u64>, pending: Box<Pending>) -> Self {
        Self { chunks: Vec::new(), length: 0, max, declared, pending }
    }

    /// Takes a frame in; gives the tape back while the response may still be stored.
    fn take(mut self, frame: &Frame<Bytes>) -> Option<Self> {
        let Some(data) = frame.data_ref() else {
            self.pending.give_up();
            return None;
        };
        self.length = self.length.saturating_add(data.len());
        if self.length > self.max {
            self.pending.give_up();
            return None;
        }
        if !data.is_empty() {
            self.chunks.push(data.clone());
        }
        Some(self)
    }

    /// The body is complete.
    fn end(self) {
        if self.declared.is_some_and(|declared| declared != self.length as u64) {
            return self.pending.give_up();
        }
        self.pending.store(joined(self.chunks, self.length));
    }

    /// The body broke off.
    fn break_off(self) {
        self.pending.fail();
    }
}

/// One piece, with nothing of the buffers around the chunks: those may be much larger.
fn joined(chunks: Vec<Bytes>, length: usize) -> Bytes {
    let mut body = BytesMut::with_capacity(length);
    for chunk in chunks {
        body.extend_from_slice(&chunk);
    }
    body.freeze()
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
        let polled = {
            // Its stream may call cached functions, and even ask for this very response.
            let _inside = self.tape.as_ref().and_then(|tape| tape.pending.inside());
            ready!(body.as_mut().poll_frame(context)).map(whole_data)
        };
        let tape = self.tape.take();
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
