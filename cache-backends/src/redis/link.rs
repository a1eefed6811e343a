//! One established connection: requests over it, and noticing that nothing answers on it any more.
//!
//! No request has a timer of its own, which would cost each hit two turns of a lock. One watch for the connection
//! ticks while requests are under way, and ends when no reply at all came for the handler's timeout: replies come in
//! order, so nothing behind a reply that does not come can come either.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use cache_core::Clock;
use redis::aio::MultiplexedConnection;
use redis::{Cmd, Pipeline, RedisResult, Value};
use tokio::sync::Notify;

use super::command;
use super::pump::Pump;

/// A connection in use.
pub(super) struct Link {
    connection: MultiplexedConnection,
    pub(super) pump: Pump,
    /// The handler's runtime, for what goes on after its caller has left.
    pub(super) runtime: tokio::runtime::Handle,
    under_way: AtomicUsize,
    replies: AtomicU64,
    /// When the latest request that was answered was sent, in milliseconds.
    heard: AtomicU64,
    idle: AtomicBool,
    busy: Notify,
    /// Told when a caller leaves before its reply is here.
    left: Notify,
    /// Set before the connection is closed because the server answered nothing for this long.
    hung: OnceLock<Duration>,
    /// Told when a reply says that the server is a replica.
    replica: Notify,
}

impl Link {
    /// A link over `connection`, made on the handler's runtime.
    pub(super) fn new(connection: MultiplexedConnection, pump: Pump) -> Self {
        Self {
            connection,
            pump,
            runtime: tokio::runtime::Handle::current(),
            under_way: AtomicUsize::new(0),
            replies: AtomicU64::new(0),
            heard: AtomicU64::new(0),
            idle: AtomicBool::new(false),
            busy: Notify::new(),
            left: Notify::new(),
            hung: OnceLock::new(),
            replica: Notify::new(),
        }
    }

    /// The reply to one command; what the server refuses is a [`Value::ServerError`].
    pub(super) async fn request(&self, command: &Cmd) -> RedisResult<Value> {
        let mut connection = self.connection.clone();
        let reply = self.watched(connection.send_packed_command(command)).await;
        self.notice(reply.as_ref().map(std::slice::from_ref).unwrap_or_default());
        reply
    }

    /// The replies to all commands of `pipeline`, in one round trip.
    pub(super) async fn requests(&self, pipeline: &Pipeline) -> RedisResult<Vec<Value>> {
        let mut connection = self.connection.clone();
        let replies = self.watched(connection.send_packed_commands(pipeline, 0, pipeline.len())).await;
        self.notice(replies.as_deref().unwrap_or_default());
        replies
    }

    /// When the latest request that was answered was sent, in milliseconds.
    pub(super) fn heard(&self) -> u64 {
        self.heard.load(Ordering::SeqCst)
    }

    async fn watched<T>(&self, request: impl Future<Output = RedisResult<T>>) -> RedisResult<T> {
        // The child of a fork has the socket too, and not the thread: what it would write there is its parent's to answer for.
        if self.pump.is_of_another_process() {
            let reason = "the connection is that of the process which this one was forked from; open the handler again";
            return Err(std::io::Error::new(std::io::ErrorKind::NotConnected, reason).into());
        }
        let mut under_way = UnderWay::begin(self);
        let sent = now();
        let mut request = pin!(request);
        // The first poll queues the request.
        let mut alone = self.under_way.load(Ordering::SeqCst) == 1;
        let reply =
            poll_fn(|context| self.pump.request(std::mem::take(&mut alone), || request.as_mut().poll(context))).await;
        if reply.is_ok() {
            self.replies.fetch_add(1, Ordering::SeqCst);
            self.heard.fetch_max(sent, Ordering::SeqCst);
        }
        under_way.ended = true;
        drop(under_way);
        reply.map_err(|error| match self.hung.get() {
            Some(limit) if error.is_io_error() => {
                let what = format!("the server answered nothing for {limit:?}");
                std::io::Error::new(std::io::ErrorKind::TimedOut, what).into()
            }
            _ => error,
        })
    }

    /// Notices when the server refuses a write because it is a replica, as it may be after a failover.
    fn notice(&self, replies: &[Value]) {
        if replies.iter().any(command::is_of_replica) {
            self.replica.notify_one();
        }
    }

    /// Ends when the server has said that it is a replica.
    pub(super) async fn demoted(&self) {
        self.replica.notified().await;
    }

    /// Ends when something was under way for `limit` and no reply came: after a fourth more at the latest.
    pub(super) async fn hang(&self, limit: Duration) {
        let (mut silence, mut asking) = (pin!(self.silence(limit)), pin!(self.ask_for_those_who_left()));
        poll_fn(|context| {
            let _never = asking.as_mut().poll(context);
            silence.as_mut().poll(context)
        })
        .await;
    }

    /// Waits in the place of callers who left, since nobody sees their replies: where all are less patient than the handler, a
    /// server that is lost would never be noticed.
    async fn ask_for_those_who_left(&self) {
        loop {
            self.left.notified().await;
            let _ = self.request(&redis::cmd("PING")).await;
        }
    }

    async fn silence(&self, limit: Duration) {
        const TICKS: u32 = 8;
        let tick = (limit / TICKS).max(Duration::from_millis(1));
        loop {
            self.wait_until_busy().await;
            let before = self.replies.load(Ordering::SeqCst);
            let mut silent = 0;
            while self.under_way.load(Ordering::SeqCst) > 0 && self.replies.load(Ordering::SeqCst) == before {
                // The request may have begun just before the end of the first tick, hence one more.
                if silent > TICKS {
                    let _ = self.hung.set(limit);
                    return;
                }
                tokio::time::sleep(tick).await;
                silent += 1;
            }
        }
    }

    /// An idle handler has no timer.
    async fn wait_until_busy(&self) {
        while self.under_way.load(Ordering::SeqCst) == 0 {
            self.idle.store(true, Ordering::SeqCst);
            // Looked at again after the flag was put up: who begins now either is seen here or sees the flag.
            if self.under_way.load(Ordering::SeqCst) == 0 {
                self.busy.notified().await;
            }
            self.idle.store(false, Ordering::SeqCst);
        }
    }
}

/// A request that waits for its reply; a caller that leaves takes it back.
struct UnderWay<'a> {
    link: &'a Link,
    ended: bool,
}

impl<'a> UnderWay<'a> {
    fn begin(link: &'a Link) -> Self {
        link.under_way.fetch_add(1, Ordering::SeqCst);
        if link.idle.load(Ordering::SeqCst) && link.idle.swap(false, Ordering::SeqCst) {
            link.busy.notify_one();
        }
        Self { link, ended: false }
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.link.under_way.fetch_sub(1, Ordering::SeqCst);
        if !self.ended {
            self.link.left.notify_one();
        }
    }
}

/// Milliseconds of this process. Not the cache's clock, which stands still in a test while the server's runs on.
pub(super) fn now() -> u64 {
    Clock::system().now()
}
