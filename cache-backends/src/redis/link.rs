//! One established connection: requests over it, and noticing that nothing answers on it any more.
//!
//! No request has a timer of its own, which would cost each hit two turns of a lock. One watch for the connection
//! ticks while requests are under way, and ends when nothing at all came for the handler's timeout: replies come in
//! order, so nothing behind a reply that does not come can come either. Parts of a large value count. So do requests whose
//! callers have left: where all are less patient than the handler, a server that is lost would never be noticed otherwise.

use std::future::poll_fn;
use std::io;
use std::task::Poll;
use std::time::Duration;

use cache_core::Clock;
use redis::{RedisError, RedisResult, Value};
use tokio::sync::Notify;

use super::command;
use super::exchange::{Command, Exchange, Replies, Reply};

/// A connection in use.
pub(super) struct Link {
    pub(super) exchange: Exchange,
    /// The handler's runtime, for what goes on after its caller has left.
    pub(super) runtime: tokio::runtime::Handle,
    /// Told when a reply says that the server is a replica.
    replica: Notify,
}

impl Link {
    /// A link over `exchange`, made on the handler's runtime.
    pub(super) fn new(exchange: Exchange) -> Self {
        Self { exchange, runtime: tokio::runtime::Handle::current(), replica: Notify::new() }
    }

    /// The reply to one command; what the server refuses is a [`Value::ServerError`].
    pub(super) async fn request(&self, command: &Command) -> RedisResult<Value> {
        let reply = self.exchange.request(&[command]).await;
        self.heed(&reply);
        reply.into_value()
    }

    /// The replies to all `commands`, in one round trip.
    pub(super) async fn requests(&self, commands: &[&Command]) -> RedisResult<Replies> {
        let reply = self.exchange.request(commands).await;
        self.heed(&reply);
        reply.into_replies()
    }

    /// Looks whether the server refused a write because it is a replica, as it may be after a failover.
    pub(super) fn heed(&self, reply: &Reply) {
        let says = match reply {
            Reply::Other(value) => command::is_of_replica(value),
            Reply::Several(values) => values.iter().any(command::is_of_replica),
            Reply::Bytes(_) | Reply::Nil | Reply::Okay | Reply::Failed(_) => false,
        };
        if says {
            self.replica.notify_one();
        }
    }

    /// Ends when the server has said that it is a replica.
    pub(super) async fn demoted(&self) {
        self.replica.notified().await;
    }

    /// Ends, with the error that this is, when something was under way for `limit` and nothing came: after a fourth more at
    /// the latest. Whoever waits longer than a tick is woken once, to look to its own limit. To be polled whenever the handler's
    /// thread is woken for this connection.
    pub(super) async fn hang(&self, limit: Duration) -> RedisError {
        const TICKS: u32 = 8;
        let tick = (limit / TICKS).max(Duration::from_millis(1));
        let mut requests = 0..0;
        self.exchange.begin_use();
        self.exchange.remind_every(tick);
        loop {
            // An idle handler has no timer.
            poll_fn(|_| if self.exchange.is_busy() { Poll::Ready(()) } else { Poll::Pending }).await;
            let before = self.exchange.signs();
            let mut silent = 0;
            while self.exchange.is_busy() && self.exchange.signs() == before {
                // The request may have begun just before the end of the first tick, hence one more.
                if silent > TICKS {
                    let what = format!("the server answered nothing for {limit:?}");
                    return io::Error::new(io::ErrorKind::TimedOut, what).into();
                }
                tokio::time::sleep(tick).await;
                requests = requests.end..self.exchange.remind(requests);
                silent += 1;
            }
        }
    }
}

/// Milliseconds of this process. Not the cache's clock, which stands still in a test while the server's runs on.
pub(super) fn now() -> u64 {
    Clock::system().now()
}
