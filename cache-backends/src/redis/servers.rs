//! Where commands go: to the one server, or to those of a cluster that have their keys.

use std::sync::Arc;

use redis::{RedisError, Value};
use smallvec::SmallVec;

use super::cluster::{Cluster, Survey};
use super::exchange::{Command, Replies, Reply};
use super::link::{Link, now};
use super::wire::Wire;

/// A command, and the key that says which server it is for.
pub(super) struct Routed {
    pub(super) key: Vec<u8>,
    pub(super) command: Command,
}

impl Routed {
    pub(super) fn new(key: &[u8], command: Command) -> Self {
        Self { key: key.to_vec(), command }
    }
}

/// Why there is no reply.
#[derive(Debug)]
pub(super) enum Failure {
    /// There is no connection.
    Away(Arc<str>),
    /// The connection or the server failed.
    Failed(RedisError),
}

impl From<Arc<str>> for Failure {
    fn from(reason: Arc<str>) -> Self {
        Self::Away(reason)
    }
}

impl From<RedisError> for Failure {
    fn from(error: RedisError) -> Self {
        Self::Failed(error)
    }
}

/// The servers of a handler.
pub(crate) enum Servers {
    One(Wire),
    Cluster(Cluster),
}

impl Servers {
    /// Ends when there is a connection to the server that has `key`. What is asked of it first is asked when it is known whether
    /// it sends messages.
    pub(super) async fn connect(&self, key: &[u8]) -> Result<(), Failure> {
        match self {
            Self::One(wire) => drop(wire.link().await?),
            Self::Cluster(cluster) => cluster.connect(key).await?,
        }
        Ok(())
    }

    /// The connections to all servers that have keys.
    pub(super) async fn all(&self) -> Result<Vec<Arc<Link>>, Failure> {
        match self {
            Self::One(wire) => Ok(vec![wire.link().await?]),
            Self::Cluster(cluster) => cluster.all().await,
        }
    }

    /// The connections to all servers that have keys, and whether keys move between them.
    pub(super) async fn survey(&self) -> Result<Survey, Failure> {
        match self {
            Self::One(wire) => Ok(Survey::of_one(wire.link().await?)),
            Self::Cluster(cluster) => cluster.survey().await,
        }
    }

    /// The reply to one command about `key`: as it comes over the connection, where all commands go over one that is up, since
    /// each future in between has to hand it on.
    pub(super) async fn reply(&self, key: &[u8], command: &Command) -> Result<Reply, Failure> {
        let Some(link) = self.at_hand() else { return Ok(Box::pin(self.request(key, command)).await?.into()) };
        match link.exchange.request(&[command]).await {
            // Whoever asks has no further questions then.
            Reply::Failed(error) => Err(Failure::Failed(*error)),
            reply => {
                link.heed(&reply);
                Ok(reply)
            }
        }
    }

    /// The connection that all commands go over, if it is up.
    fn at_hand(&self) -> Option<Arc<Link>> {
        match self {
            Self::One(wire) => wire.is_up(),
            Self::Cluster(_) => None,
        }
    }

    /// The reply to one command about `key`.
    pub(super) async fn request(&self, key: &[u8], command: &Command) -> Result<Value, Failure> {
        match self {
            Self::One(wire) => Ok(wire.link().await?.request(command).await?),
            Self::Cluster(cluster) => Box::pin(cluster.request(key, command)).await,
        }
    }

    /// The replies to all commands: in one round trip of one server, which takes them in this order; those of a cluster take
    /// theirs side by side.
    pub(super) async fn requests(&self, commands: &[Routed]) -> Result<Replies, Failure> {
        match self {
            Self::One(wire) => Ok(wire.link().await?.requests(&all_of(commands)).await?),
            Self::Cluster(cluster) => cluster.requests(commands).await,
        }
    }

    /// Whether all keys are on one server, whose commands take several keys and come one behind the other.
    pub(super) const fn is_one(&self) -> bool {
        matches!(self, Self::One(_))
    }

    /// Whether two keys are on one server for as long as there are servers.
    pub(super) fn keeps_together(&self, one: &[u8], other: &[u8]) -> bool {
        self.is_one() || super::cluster::slot(one) == super::cluster::slot(other)
    }

    /// Whether what is near counts without a request now: no server can have been lost unnoticed for long.
    pub(super) fn near_counts(&self) -> bool {
        self.heard().is_some_and(|heard| heard.saturating_add(LEASE_MILLIS) >= now())
    }

    /// The same of what is near of `key`. On one server it counts always, behind a reply of that server: all messages before the
    /// reply have been heard. What another server of a cluster says of a key comes whenever it comes, and not at all where
    /// that server is lost without a sign.
    pub(super) fn near_counts_of(&self, key: impl FnOnce() -> Vec<u8>) -> bool {
        match self {
            Self::One(_) => true,
            Self::Cluster(cluster) => {
                cluster.heard_of(&key()).is_some_and(|heard| heard.saturating_add(LEASE_MILLIS) >= now())
            }
        }
    }

    /// The time since which every server has answered what it was sent, in milliseconds; `None` when one of them is away.
    pub(crate) fn heard(&self) -> Option<u64> {
        match self {
            Self::One(wire) => Some(wire.is_up()?.exchange.heard()),
            Self::Cluster(cluster) => cluster.heard(),
        }
    }
}

#[cfg(feature = "ram")]
impl Servers {
    /// Asks those who were not heard of lately for a sign of life, and waits for it; those of a cluster also whether they are
    /// still all, if `thoroughly`.
    pub(crate) async fn show_life(&self, thoroughly: bool) {
        if let (Self::Cluster(cluster), true) = (self, thoroughly) {
            let _ = cluster.ask(None).await;
        }
        for link in self.all().await.unwrap_or_default() {
            if link.exchange.heard().saturating_add(LATELY_MILLIS) < now() {
                let _ = link.request(&Command::new("PING")).await;
            }
        }
    }
}

/// See [`Servers::show_life`].
#[cfg(feature = "ram")]
const LATELY_MILLIS: u64 = 150;

/// What is near counts without asking the server for this long after a request was sent that it answered. It bounds
/// what a dead connection that nobody noticed yet can hide.
pub(crate) const LEASE_MILLIS: u64 = 1_000;

/// The commands alone.
pub(super) fn all_of<'a>(routed: impl IntoIterator<Item = &'a Routed>) -> SmallVec<[&'a Command; 4]> {
    routed.into_iter().map(|routed| &routed.command).collect()
}
