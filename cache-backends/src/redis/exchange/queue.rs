//! Requests that are to be written, one behind the other.

use std::collections::VecDeque;
use std::mem;
use std::sync::Arc;
use std::task::{Poll, Waker, ready};

use redis::{RedisError, RedisResult};

use super::answer::Answer;
use super::outgoing::{Outgoing, Packed};
use super::reply::Reply;
use super::wakes::Home;
use crate::redis::link::now;

/// While more bytes than this wait for the server to read them, callers wait too.
const FULL: usize = 1 << 20;

/// The least that is a batch, as it pays for a system call; and the most, as what a batch needs is to fit into the nearest memory.
const FEW: u64 = 8;
const MANY: u64 = 256;

/// How many requests are written without waiting for more, where so many are under way at most: half of them, so that callers
/// work on replies while the server works on requests. Each batch less is a system call less for both, and often a processor
/// less that has to be woken.
fn batch(crowd: u64) -> u64 {
    (crowd / 2).clamp(FEW, MANY)
}

/// While a server that is near has so many, others wait until they are a batch: mostly that is together before it runs out of
/// these. Many callers make one sooner.
fn plenty(crowd: u64) -> u64 {
    if crowd < 128 { 64 } else { 16 }
}

/// How many times a batch is taken before fewer are thought to be under way at most. While callers work on replies they do not
/// count, so that it takes a while to see all of them.
const SLOWLY: u64 = 16;

/// So many bytes are written without waiting for more.
const BATCH_BYTES: usize = 64 << 10;

/// So many of several requests are, too: a server reads 16 KiB at once (`PROTO_IOBUF_LEN` in its `server.h`), answers what is in
/// them, and the rest apart. Replies in many small pieces wake callers many times: misses of 256 tasks took a tenth more.
const READ_AT_ONCE: usize = 15 << 10;
/// Of fewer, which are large, more bytes are sent together.
const SEVERAL: usize = 32;

/// What is to be written.
#[derive(Default)]
pub(super) struct Queue {
    outgoing: Outgoing,
    /// When the first of them was put in, in milliseconds.
    since: u64,
    awaited: Vec<Awaited>,
    /// How many were ever put in.
    requests: u64,
    /// How many were under way at once of late, at most.
    crowd: u64,
    /// Who is going to write them; nobody as long as they are held.
    writer: Option<Writer>,
    /// How often what was queued has been taken.
    round: u64,
    /// Whether some wait for others while the server has plenty: its replies take next to no time.
    holds: bool,
    /// Nobody looks whether replies come.
    unwatched: bool,
    /// Callers that wait for room.
    blocked: Vec<Waker>,
    /// Why nothing can be put in any more.
    ended: Option<RedisError>,
}

/// A request whose replies are to come.
pub(super) struct Awaited {
    pub(super) answer: Arc<Answer>,
    pub(super) home: Option<Home>,
    /// How many.
    pub(super) replies: usize,
    /// For the bytes of the reply, which may be longer.
    pub(super) buffer: Vec<u8>,
    /// It was not sent before this time.
    pub(super) sent: u64,
}

impl Awaited {
    /// Gives the answer: who is to be woken.
    #[must_use]
    pub(super) fn give(self, reply: Reply) -> Option<Waker> {
        self.answer.give(reply, self.buffer)
    }
}

/// Who asks.
#[derive(Clone, Copy)]
pub(super) struct Caller<'a> {
    pub(super) waker: &'a Waker,
    pub(super) home: Option<Home>,
}

#[derive(Clone, Copy, PartialEq)]
enum Writer {
    /// Whoever drives the connection next.
    Any,
    /// A caller on this runtime, when others on it have had their turn.
    Caller(Home),
}

/// What became of a request that was put in.
pub(super) struct Queued {
    pub(super) answer: Arc<Answer>,
    /// The thread has to be told.
    pub(super) tell: bool,
    pub(super) writes: Writes,
}

/// Whether a caller writes what is queued.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Writes {
    /// Someone else does, or whoever drives the connection when it is not held any more.
    Not,
    /// When others on its runtime have had their turn, unless this round is over by then.
    Soon(u64),
    /// It is alone, or enough have come together.
    Now,
}

impl Queue {
    /// Whether there is room; who is to be woken when there is.
    pub(super) fn room(&mut self, waker: &Waker) -> Poll<RedisResult<()>> {
        if let Some(error) = &self.ended {
            return Poll::Ready(Err(error.clone()));
        }
        if self.outgoing.len() < FULL {
            return Poll::Ready(Ok(()));
        }
        // One that asks again and again is woken once.
        if !self.blocked.last().is_some_and(|last| last.will_wake(waker)) {
            self.blocked.push(waker.clone());
        }
        Poll::Pending
    }

    /// Puts `request` in, for a caller that is woken when their replies are here; pending while there is no room. If none was
    /// under way, it writes them itself.
    pub(super) fn put(
        &mut self,
        request: Packed<'_>,
        replies: usize,
        buffer: Vec<u8>,
        under_way: u64,
        caller: Caller<'_>,
    ) -> Poll<RedisResult<Queued>> {
        ready!(self.room(caller.waker))?;
        if self.outgoing.is_empty() {
            self.since = now();
        }
        self.outgoing.add(request);
        let answer = Arc::new(Answer::new(caller.waker.clone()));
        let home = caller.home;
        self.requests += 1;
        self.awaited.push(Awaited { answer: Arc::clone(&answer), home, replies, buffer, sent: self.since });
        let (tell, writes) = self.assign(under_way, home);
        Poll::Ready(Ok(Queued { answer, tell, writes }))
    }

    /// The requests that are queued, in their order.
    pub(super) fn awaited(&self) -> impl Iterator<Item = &Awaited> {
        self.awaited.iter()
    }

    /// How many requests were ever put in.
    pub(super) const fn requests(&self) -> u64 {
        self.requests
    }

    /// Whether the thread has to be told of what was put in, and whether its caller writes it.
    fn assign(&mut self, under_way: u64, home: Option<Home>) -> (bool, Writes) {
        let unwatched = mem::take(&mut self.unwatched);
        self.crowd = self.crowd.max(under_way);
        if under_way == 0 || (self.is_batch() && self.writer != Some(Writer::Any)) {
            self.writer = Some(Writer::Any);
            return (unwatched, Writes::Now);
        }
        // With the one that was just put in.
        if self.is_held(under_way + 1) {
            return (unwatched, Writes::Not);
        }
        let caller = home.map(Writer::Caller);
        let (writer, writes) = match (self.writer, caller) {
            (None, Some(caller)) => (caller, Writes::Soon(self.round)),
            (Some(writer), caller) if writer == Writer::Any || Some(writer) == caller => (writer, Writes::Not),
            // Nobody waits for another runtime to have its turn.
            (_, _) => (Writer::Any, Writes::Not),
        };
        let tell = writer == Writer::Any && self.writer != Some(writer);
        self.writer = Some(writer);
        (unwatched || tell, writes)
    }

    fn is_batch(&self) -> bool {
        let (requests, bytes) = (self.awaited.len(), self.outgoing.len());
        let is_read_at_once = bytes >= READ_AT_ONCE && requests >= SEVERAL;
        requests as u64 >= batch(self.crowd) || bytes >= BATCH_BYTES || is_read_at_once
    }

    /// Whether what is queued, of so many that are under way in all, waits for more: those in front of it keep the server busy.
    /// Whoever drives the connection looks again behind each of their replies.
    pub(super) fn is_held(&self, under_way: u64) -> bool {
        let sent = under_way.saturating_sub(self.awaited.len() as u64);
        self.holds && self.writer.is_none() && sent >= plenty(self.crowd) && !self.is_batch()
    }

    /// From now on requests are held while the server has plenty.
    pub(super) fn allow_holding(&mut self) {
        self.holds = true;
    }

    /// From now on the thread is told of the next request, whoever writes it.
    pub(super) fn leave_unwatched(&mut self) {
        self.unwatched = true;
    }

    /// The round in which a caller is to write what is queued.
    pub(super) fn left(&self) -> Option<u64> {
        matches!(self.writer, Some(Writer::Caller(_))).then_some(self.round)
    }

    /// Whoever drives the connection writes what was queued in that round, if it still is.
    pub(super) fn release(&mut self, round: u64) {
        if self.left() == Some(round) {
            self.writer = Some(Writer::Any);
        }
    }

    /// Moves all bytes to `outgoing`, which is empty, and what they ask for behind `awaited`. Gives those who wait for room.
    pub(super) fn take(&mut self, outgoing: &mut Outgoing, awaited: &mut VecDeque<Awaited>) -> Vec<Waker> {
        mem::swap(&mut self.outgoing, outgoing);
        awaited.extend(self.awaited.drain(..));
        self.writer = None;
        self.round += 1;
        if self.round.is_multiple_of(SLOWLY) {
            self.crowd = self.crowd.saturating_sub(1);
        }
        mem::take(&mut self.blocked)
    }

    /// Nothing is put in any more. Gives what was, and who waits for room.
    pub(super) fn end(&mut self, error: RedisError) -> (Vec<Awaited>, Vec<Waker>) {
        self.ended.get_or_insert(error);
        self.outgoing = Outgoing::default();
        (mem::take(&mut self.awaited), mem::take(&mut self.blocked))
    }
}

#[cfg(test)]
mod tests;
