//! The stream of a connection: what was queued is written to it, and the replies that come are given out.

use std::collections::VecDeque;
use std::io;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use cache_core::wake_all;
use redis::{PushKind, RedisError, RedisResult, Value};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::Shared;
use super::outgoing::Outgoing;
use super::queue::Awaited;
use super::reader::Reader;
use super::reply::{Replies, Reply};
use crate::redis::stream::Stream;

/// Takes in the server's messages: each in the order of the stream, before a reply behind it is given out.
pub(in crate::redis) type Listener = Box<dyn Fn(&PushKind, &[Value]) + Send>;

/// Who drives the connection.
#[derive(Clone, Copy)]
pub(super) enum By {
    /// The handler's thread.
    Thread,
    /// A caller, whom nobody asks later whether those that were woken have woken others.
    Caller,
}

/// After so many reads others on the thread have their turn.
const READS: usize = 16;

pub(super) struct Line {
    stream: Box<dyn Stream>,
    listener: Listener,
    /// What is being written, and how much of its first piece is.
    outgoing: Outgoing,
    written: usize,
    unflushed: bool,
    /// The server took no more when it was last written to.
    stalled: bool,
    /// Why the connection has ended, or is about to: what the server said before nothing could be written is read all the same.
    broken: Option<RedisError>,
    reader: Reader,
    awaited: VecDeque<Awaited>,
    /// When the first of them was about to be written, if it is to be found out how long its reply takes.
    asked: Option<Duration>,
    /// Replies to the first of them, of which more are to come.
    found: Replies,
    /// Answers that are given when all that was read is known.
    complete: Vec<(Awaited, Reply)>,
    /// It is not advanced again.
    ended: bool,
}

impl Line {
    pub(super) fn new(stream: Box<dyn Stream>, listener: Listener) -> Self {
        Self {
            stream,
            listener,
            outgoing: Outgoing::default(),
            written: 0,
            unflushed: false,
            stalled: false,
            broken: None,
            reader: Reader::new(),
            awaited: VecDeque::new(),
            asked: None,
            found: Replies::new(),
            complete: Vec::new(),
            ended: false,
        }
    }

    /// Writes and reads until nothing more can be done now; ready with the reason when the connection has ended.
    pub(super) fn advance(&mut self, shared: &Shared, by: By, context: &mut Context<'_>) -> Poll<RedisError> {
        // It is not advanced again when this panics.
        if mem::replace(&mut self.ended, true) {
            return Poll::Ready(self.broken.clone().unwrap_or_else(not_connected));
        }
        for _ in 0..READS {
            self.write(shared, by, context);
            let read = self.read(shared, context);
            self.give_out(shared, by);
            match read {
                Poll::Ready(Ok(())) => continue,
                Poll::Ready(Err(error)) => self.broken = Some(self.broken.take().unwrap_or(error)),
                Poll::Pending => {}
            }
            if let Some(error) = &self.broken {
                return Poll::Ready(error.clone());
            }
            self.ended = false;
            return Poll::Pending;
        }
        self.ended = false;
        context.waker().wake_by_ref();
        Poll::Pending
    }

    /// What the server said in place of the first reply to a request, if it said nothing else.
    pub(super) fn refusal(&self) -> Option<RedisError> {
        match &self.found[..] {
            [Value::ServerError(error)] => Some(error.clone().into()),
            _ => None,
        }
    }

    /// The requests that were sent and are not answered, in their order.
    pub(super) fn awaited(&self) -> impl Iterator<Item = &Awaited> {
        self.awaited.iter()
    }

    /// What is awaited when the connection is closed.
    pub(super) fn close(self) -> impl Iterator<Item = Awaited> {
        self.complete.into_iter().map(|(awaited, _)| awaited).chain(self.awaited)
    }

    /// Writes until nothing is left, or the server does not take more now.
    fn write(&mut self, shared: &Shared, by: By, context: &mut Context<'_>) {
        if self.broken.is_none()
            && let Poll::Ready(Err(error)) = self.try_write(shared, by, context)
        {
            self.broken = Some(error.into());
        }
    }

    fn try_write(&mut self, shared: &Shared, by: By, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            while let Some(piece) = self.outgoing.first() {
                let polled = Pin::new(&mut self.stream).poll_write(context, &piece[self.written..]);
                if mem::replace(&mut self.stalled, polled.is_pending()) && polled.is_ready() {
                    // What was written before has arrived.
                    shared.see();
                }
                let written = ready!(polled)?;
                if written == 0 {
                    return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
                }
                self.written += written;
                self.unflushed = true;
                if self.written == piece.len() {
                    self.outgoing.remove_first();
                    self.written = 0;
                }
            }
            wake_all(self.take_queued(shared, by));
            if self.outgoing.is_empty() {
                break;
            }
        }
        if self.unflushed {
            ready!(Pin::new(&mut self.stream).poll_flush(context))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    /// Takes what is queued, and gives those who wait for room. The thread leaves to a caller what that one is going to write
    /// with more that is just being made, and nobody takes what is held ([`Queue::is_held`](super::queue::Queue::is_held)): each
    /// piece less is a system call less, here and for the server.
    fn take_queued(&mut self, shared: &Shared, by: By) -> Vec<Waker> {
        let mut queue = shared.queue();
        let left = matches!(by, By::Thread) && queue.left().is_some();
        if left || queue.is_held(shared.under_way(&queue)) {
            return Vec::new();
        }
        if self.awaited.is_empty() && shared.neighbour.is_unknown() {
            self.asked = Some(shared.neighbour.age());
        }
        queue.take(&mut self.outgoing, &mut self.awaited)
    }

    /// Reads once, and takes what has come as a whole.
    fn read(&mut self, shared: &Shared, context: &mut Context<'_>) -> Poll<RedisResult<()>> {
        let mut room = ReadBuf::new(self.reader.room());
        ready!(Pin::new(&mut self.stream).poll_read(context, &mut room))?;
        let read = room.filled().len();
        if read == 0 {
            let closed = io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed it");
            return Poll::Ready(Err(closed.into()));
        }
        self.reader.add(read);
        while let Some(reply) = self.reader.take(self.awaited.front_mut().map(|first| &mut first.buffer))? {
            if let Reply::Bytes(bytes) = &reply {
                shared.usual.learn(bytes.len());
            }
            self.sort(reply)?;
        }
        if self.reader.is_within_reply() {
            shared.see();
        }
        Poll::Ready(Ok(()))
    }

    /// Takes in one thing that the server said.
    fn sort(&mut self, reply: Reply) -> RedisResult<()> {
        if let Reply::Other(value) = &reply
            && let Value::Push { kind, data } = &**value
        {
            (self.listener)(kind, data);
            return Ok(());
        }
        let Some(first) = self.awaited.front() else {
            let what = "the server gave a reply that nobody asked for";
            return Err(io::Error::new(io::ErrorKind::InvalidData, what).into());
        };
        let reply = if first.replies == 1 {
            reply
        } else {
            self.found.push(reply.into_value()?);
            if self.found.len() < first.replies {
                return Ok(());
            }
            Reply::Several(Box::new(mem::take(&mut self.found)))
        };
        self.complete.extend(self.awaited.pop_front().map(|awaited| (awaited, reply)));
        Ok(())
    }

    /// Gives out what is complete.
    fn give_out(&mut self, shared: &Shared, by: By) {
        if let Some((last, _)) = self.complete.last() {
            shared.hear(self.complete.len(), last.sent);
            if let Some(asked) = self.asked.take()
                && shared.neighbour.learn(shared.neighbour.age().saturating_sub(asked))
            {
                shared.queue().allow_holding();
            }
        }
        let complete = self.complete.drain(..);
        match by {
            By::Thread => shared.wakes.give(complete),
            By::Caller => {
                wake_all(complete.filter_map(|(awaited, reply)| awaited.give(reply)));
            }
        }
    }
}

/// The error where there is no connection any more.
pub(super) fn not_connected() -> RedisError {
    io::Error::from(io::ErrorKind::NotConnected).into()
}
