//! Recording a body while the client reads it: no faster than the client does, and no more of it than may be stored.
//!
//! A client that goes away leaves the rest to a task, so that what others wait for comes to its end.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::body::whole_data;
use crate::finish::finish;
use crate::pending::Pending;

/// How long a task goes on with what no client waits for any more.
pub(crate) const ABANDONED: Duration = Duration::from_secs(60);

/// A body that is read and recorded. It is a `Body` in all but name: the body must be owned to be handed over, so it is
/// on the heap, and nothing here is pinned.
pub(crate) struct Recording<B: Body> {
    body: Option<Pin<Box<B>>>,
    tape: Option<Tape>,
    /// What was read already, and not given yet.
    first: Option<Result<Frame<Bytes>, B::Error>>,
    /// Whether what is complete is stored by whoever holds this, and that.
    at_once: bool,
    completed: Option<Complete>,
    /// Reads the rest of a body whose client has gone.
    take_over: fn(Pin<Box<B>>, Tape),
}

/// A response that is to be stored, and its body.
pub(crate) type Complete = (Box<Pending>, Bytes);

/// What was read so far, and what becomes of it.
pub(crate) struct Tape {
    /// A copy: chunks may be small parts of large buffers.
    read: Vec<u8>,
    max: usize,
    /// What the response says of its length.
    declared: Option<u64>,
    /// How long it will be, if that is known: room is made for it at once, and it comes to an end.
    expected: Option<u64>,
    pending: Box<Pending>,
}

impl Tape {
    pub(crate) const fn new(max: usize, declared: Option<u64>, expected: Option<u64>, pending: Box<Pending>) -> Self {
        Self { read: Vec::new(), max, declared, expected, pending }
    }

    /// Takes a frame in; gives the tape back while the response may still be stored.
    fn take(mut self, frame: &Frame<Bytes>) -> Option<Self> {
        let data = frame.data_ref().filter(|data| data.len() <= self.max - self.read.len());
        let Some(data) = data else {
            self.pending.give_up();
            return None;
        };
        if self.read.is_empty() {
            let expected = self.expected.and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
            self.read.reserve_exact(expected.min(self.max).max(data.len()));
        }
        self.read.extend_from_slice(data);
        Some(self)
    }

    /// The body is complete: what is to be stored, if it is of the length that was declared.
    fn end(self) -> Option<Complete> {
        if self.declared.is_some_and(|declared| declared != self.read.len() as u64) {
            self.pending.give_up();
            return None;
        }
        Some((self.pending, self.read.into_boxed_slice().into()))
    }

    /// The body broke off.
    fn break_off(self) {
        self.pending.fail();
    }
}

impl<B: Body<Error: Send> + Send + 'static> Recording<B> {
    pub(crate) fn new(body: B, tape: Tape) -> Self {
        let body = Box::pin(body);
        let at_once = tape.pending.is_stored_at_once();
        let (body, tape) = (Some(body), Some(tape));
        let mut recording = Self { body, tape, first: None, at_once, completed: None, take_over };
        recording.notice_end();
        recording
    }

    /// What is to be stored by now, if that waits for nothing. What is complete later stores itself.
    pub(crate) fn take_completed(&mut self) -> Option<Complete> {
        self.at_once = false;
        self.completed.take()
    }

    /// Reads what is there already. Gives all of the body if that is all.
    pub(crate) fn read_at_once(&mut self, context: &mut Context<'_>) -> Option<Bytes> {
        if self.is_end_stream() {
            return Some(Bytes::new());
        }
        let Poll::Ready(Some(first)) = self.poll_frame(context) else { return None };
        match first {
            Ok(frame) if self.is_end_stream() && frame.is_data() => frame.into_data().ok(),
            first => {
                self.first = Some(first);
                None
            }
        }
    }

    /// Reads the rest in a task, although its client is still there: it has what it says.
    pub(crate) fn go_on(mut self) {
        self.first = None;
        if let (Some(body), Some(tape)) = (self.body.take(), self.tape.take()) {
            read_on(body, tape);
        }
    }
}

impl<B: Body> Recording<B> {
    pub(crate) fn poll_frame(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(first));
        }
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
                self.notice_end();
            }
            (Some(Err(_)), Some(tape)) => tape.break_off(),
            (None, Some(tape)) => self.complete(tape),
        }
        Poll::Ready(polled)
    }

    /// Whoever knows the length does not ask for more.
    fn notice_end(&mut self) {
        if self.body.as_ref().is_some_and(Body::is_end_stream)
            && let Some(tape) = self.tape.take()
        {
            self.complete(tape);
        }
    }

    fn complete(&mut self, tape: Tape) {
        match tape.end() {
            Some(complete) if self.at_once => self.completed = Some(complete),
            Some((pending, body)) => {
                let now = pending.clock().wall();
                finish(pending.store(body, now));
            }
            None => {}
        }
    }

    pub(crate) fn is_end_stream(&self) -> bool {
        self.first.is_none() && self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    pub(crate) fn size_hint(&self) -> SizeHint {
        let mut hint = self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint);
        let Some(Ok(first)) = &self.first else { return hint };
        let read = first.data_ref().map_or(0, |data| data.len() as u64);
        let upper = hint.upper();
        hint.set_lower(hint.lower().saturating_add(read));
        if let Some(upper) = upper {
            hint.set_upper(upper.saturating_add(read));
        }
        hint
    }
}

impl<B: Body> Drop for Recording<B> {
    fn drop(&mut self) {
        if let (Some(body), Some(tape)) = (self.body.take(), self.tape.take()) {
            (self.take_over)(body, tape);
        }
    }
}

/// What becomes of a body whose client has gone: it is read on if others wait for it, or if its length is known, so that it
/// comes to an end.
fn take_over<B: Body<Error: Send> + Send + 'static>(body: Pin<Box<B>>, tape: Tape) {
    if tape.expected.is_some() || tape.pending.is_waited_for() {
        read_on(body, tape);
    } else {
        tape.break_off();
    }
}

/// Reads the rest in a task. Where there is no tokio it breaks off.
fn read_on<B: Body<Error: Send> + Send + 'static>(body: Pin<Box<B>>, tape: Tape) {
    let runtime = tokio::runtime::Handle::try_current();
    let (Ok(runtime), false) = (runtime, std::thread::panicking()) else { return tape.break_off() };
    let clock = tape.pending.clock().clone();
    let break_off = |_, tape: Tape| tape.break_off();
    let (body, tape) = (Some(body), Some(tape));
    let mut recording = Recording { body, tape, first: None, at_once: false, completed: None, take_over: break_off };
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
