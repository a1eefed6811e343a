//! One connection, over which requests are exchanged for replies.
//!
//! Callers on any thread put their requests one behind the other into one buffer. Whoever drives the connection writes all of
//! them in one go, reads, and gives out the replies in the order of the requests.
//!
//! It is driven by the handler's thread, and by callers, for whom waking that thread would be a change of threads more
//! (10 of the 36 µs that a hit took on one machine): one that is alone, at once, and of the tasks of a runtime that ask at the
//! same time the first, for all of them ([`request`]). Whoever drives does so under a lock, so the server's messages are heard in
//! the order of the stream, and by the [`Relay`], so that what becomes ready always wakes the handler's thread.
//!
//! | file | what it does |
//! |---|---|
//! | `command` | a command, as it is sent |
//! | `request` | a caller that waits for its replies |
//! | `queue` | requests that are to be written |
//! | `answer` | the reply that one caller waits for |
//! | `outgoing` | the bytes of what is to be written |
//! | `line` | the stream: writing what is queued, reading and giving out what comes |
//! | `reader`, `reply` | where a reply ends, and what is in it |
//! | `usual` | how long values are, for the buffers that callers bring |
//! | `wakes`, `relay` | waking many callers at once; waking the handler's thread |
//! | `neighbour` | a server on this machine, which needs a processor that callers have |
//! | `watch` | what the handler's thread sees to while others wait and write |
//! | `process` | whose connection it is, as a child of a fork has it too |

mod answer;
mod command;
mod line;
mod neighbour;
mod outgoing;
mod process;
mod queue;
mod reader;
mod relay;
mod reply;
mod request;
#[cfg(test)]
mod tests;
mod usual;
mod wakes;
mod watch;

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::task::{Context, Poll, Waker, ready};

use cache_core::wake_all;
use redis::{RedisError, RedisResult, Value};

use super::stream::Connected;
pub(super) use command::Command;
pub(super) use line::Listener;
use line::{By, Line};
use neighbour::Neighbour;
use outgoing::Packed;
pub(super) use process::Process;
use queue::{Caller, Queue, Queued};
use relay::Relay;
pub(super) use reply::{Replies, Reply};
use request::Request;
use usual::Usual;
use wakes::Wakes;

/// How often whoever drives does so for others that came meanwhile.
const ROUNDS: u32 = 4;

/// A connection in use.
pub(super) struct Exchange {
    shared: Shared,
    /// Nothing once the connection is closed.
    line: Mutex<Option<Line>>,
    /// Whether there may be more to do for who drives.
    again: AtomicBool,
    relay: Arc<Relay>,
    waker: Waker,
    owner: Process,
    /// See [`Exchange::remind_every`], in milliseconds; 0 is never.
    ticks: AtomicU64,
}

/// What callers and those who drive share.
struct Shared {
    queue: Mutex<Queue>,
    wakes: Wakes,
    /// Requests that have been answered, also those of callers who left.
    answered: AtomicU64,
    /// When the latest request that was answered was sent, in milliseconds.
    heard: AtomicU64,
    /// Grows whenever the server is seen to do something for requests; its messages alone do not count.
    signs: AtomicU64,
    usual: Usual,
    neighbour: Neighbour,
}

impl Shared {
    fn new(local: bool) -> Self {
        Self {
            queue: Mutex::default(),
            wakes: Wakes::default(),
            answered: AtomicU64::new(0),
            heard: AtomicU64::new(0),
            signs: AtomicU64::new(0),
            usual: Usual::default(),
            neighbour: Neighbour::new(local),
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many requests wait for replies, also of callers who have left.
    fn under_way(&self, queue: &Queue) -> u64 {
        queue.requests().saturating_sub(self.answered.load(Ordering::SeqCst))
    }

    /// Another `count` requests have been answered, of which the last was sent at this time or later.
    fn hear(&self, count: usize, sent: u64) {
        self.answered.fetch_add(count as u64, Ordering::SeqCst);
        self.heard.fetch_max(sent, Ordering::SeqCst);
        self.see();
    }

    /// The server did something for a request.
    fn see(&self) {
        self.signs.fetch_add(1, Ordering::SeqCst);
    }
}

impl Exchange {
    /// An exchange over a stream, which tells the server's messages to `listener`.
    pub(super) fn new(connected: Connected, listener: Listener) -> Self {
        let Connected { stream, local } = connected;
        let relay = Arc::new(Relay::default());
        Self {
            shared: Shared::new(local),
            again: AtomicBool::new(false),
            line: Mutex::new(Some(Line::new(stream, listener))),
            waker: Waker::from(Arc::clone(&relay)),
            relay,
            owner: Process::current(),
            ticks: AtomicU64::new(0),
        }
    }

    /// The replies to `commands`, which the server takes one behind the other.
    pub(super) fn request<'a>(&'a self, commands: &'a [&'a Command]) -> Request<'a> {
        Request::new(self, commands)
    }

    /// Refuses the child of a fork, which has the socket too, and not the thread: what it would write is its parent's to answer
    /// for, and nobody gives it a reply.
    fn refuse_child(&self) -> RedisResult<()> {
        if self.owner.is_current() {
            return Ok(());
        }
        let reason = "the connection is that of the process which this one was forked from; open the handler again";
        Err(std::io::Error::new(std::io::ErrorKind::NotConnected, reason).into())
    }

    /// Queues `commands`; pending while there is no room.
    fn put(&self, commands: &[&Command], caller: Caller<'_>) -> Poll<RedisResult<Queued>> {
        if outgoing::is_large(commands) {
            ready!(self.shared.queue().room(caller.waker))?;
        }
        // What is large is not copied while others wait for the lock.
        let request = Packed::of(commands);
        let buffer = match commands {
            [command] if command.asks_for_value() => self.shared.usual.buffer(),
            _ => Vec::new(),
        };
        let mut queue = self.shared.queue();
        let under_way = self.shared.under_way(&queue);
        queue.put(request, commands.len(), buffer, under_way, caller)
    }

    /// Writes what was queued in that round, unless somebody has.
    fn write(&self, round: u64) {
        let mut queue = self.shared.queue();
        let left = queue.left() == Some(round);
        queue.release(round);
        drop(queue);
        if left {
            self.drive();
        }
    }

    /// Drives the connection once, by a caller.
    fn drive(&self) {
        let neighbour = &self.shared.neighbour;
        // Before others are answered.
        let under_way = if neighbour.is_one() { self.shared.under_way(&self.shared.queue()) } else { 0 };
        if self.turn(By::Caller).is_ready() {
            self.relay.pass_on();
        }
        neighbour.hand_over(under_way);
    }

    /// Drives the connection, or has that done by who drives it right now.
    fn turn(&self, by: By) -> Poll<RedisError> {
        for _ in 0..ROUNDS {
            // In this order: whoever drives looks for it when the line is unlocked.
            self.again.store(true, Ordering::SeqCst);
            let mut line = match self.line.try_lock() {
                Ok(line) => line,
                Err(TryLockError::Poisoned(line)) => line.into_inner(),
                Err(TryLockError::WouldBlock) => return Poll::Pending,
            };
            self.again.store(false, Ordering::SeqCst);
            let ended = self.advance(line.as_mut(), by);
            drop(line);
            if ended.is_ready() || !self.again.load(Ordering::SeqCst) {
                return ended;
            }
        }
        // Others keep coming, whose turn it is no caller's to wait for.
        self.relay.pass_on();
        Poll::Pending
    }

    /// Drives the connection, for the handler's thread; ready with the reason when it has ended.
    pub(super) fn poll(&self, context: &Context<'_>) -> Poll<RedisError> {
        self.relay.set(context.waker());
        self.turn(By::Thread)
    }

    fn advance(&self, line: Option<&mut Line>, by: By) -> Poll<RedisError> {
        match line {
            Some(line) => {
                let mut context = Context::from_waker(&self.waker);
                // A mistake in what is called from there costs this connection, and no caller who happens to drive it.
                let advanced = catch_unwind(AssertUnwindSafe(|| line.advance(&self.shared, by, &mut context)));
                advanced.unwrap_or_else(|_| Poll::Ready(line::not_connected()))
            }
            None => Poll::Ready(line::not_connected()),
        }
    }

    /// The reply to `command`, while nobody else drives the connection.
    pub(super) async fn ask(&self, command: &Command) -> RedisResult<Value> {
        self.answer(&[command]).await.into_value()
    }

    /// The replies to `commands`, while nobody else drives the connection.
    pub(super) async fn ask_all(&self, commands: &[&Command]) -> RedisResult<Replies> {
        self.answer(commands).await.into_replies()
    }

    async fn answer(&self, commands: &[&Command]) -> Reply {
        let mut request = std::pin::pin!(self.request(commands));
        poll_fn(|context| match request.as_mut().poll(context) {
            Poll::Ready(reply) => Poll::Ready(reply),
            Poll::Pending => match self.poll(context) {
                Poll::Ready(error) => match request.as_mut().poll(context) {
                    Poll::Ready(reply) => Poll::Ready(reply),
                    // A server that takes no clients says so in place of the first reply, and closes the connection.
                    Poll::Pending => {
                        let refusal = self.line().as_ref().and_then(Line::refusal);
                        Poll::Ready(Reply::failed(refusal.unwrap_or(error)))
                    }
                },
                Poll::Pending => request.as_mut().poll(context),
            },
        })
        .await
    }

    /// Closes it: what waits on it fails by `error`, and what comes later. Only the first time counts.
    pub(super) fn close(&self, error: &RedisError) {
        let line = self.line().take();
        let (queued, blocked) = self.shared.queue().end(error.clone());
        let failed = line.into_iter().flat_map(Line::close).chain(queued);
        let failed = failed.filter_map(|awaited| awaited.give(Reply::failed(error.clone())));
        wake_all(failed.chain(blocked));
        // Nobody helps out any more.
        self.shared.wakes.pass_on_late(u64::MAX);
    }

    fn line(&self) -> MutexGuard<'_, Option<Line>> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
