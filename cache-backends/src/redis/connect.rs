//! Connecting: the stream, the login, the protocol, and the server's messages about epochs.

use std::fmt::Display;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use cache_core::BackendError;
use redis::{ErrorKind, RedisError, RedisResult, Value};

use super::address::{self, Address, Login};
use super::command;
use super::exchange::{Command, Exchange};
use super::link::Link;
use super::login::{Protocol, Session};
use super::near::{Near, WireId};
use super::primary::Primary;
use super::servers::Failure;
use super::stream;
use super::tls::Connector;

/// Where the server is found, and how to connect to it.
pub(super) struct Target {
    place: Place,
    tls: Option<Connector>,
    session: Session,
    pub(super) prefix: String,
    /// The server and db, as errors name them.
    pub(super) label: String,
    pub(super) timeout: Duration,
    said_untracked: AtomicBool,
}

enum Place {
    Fixed(Address),
    Found(Primary),
}

impl Target {
    pub(super) fn new(address: Address, db: i64, login: Login, prefix: String, timeout: Duration) -> Self {
        let (label, session) = (address::label(&address, db), Session { login, db });
        let said_untracked = AtomicBool::new(false);
        Self { place: Place::Fixed(address), tls: None, session, prefix, label, timeout, said_untracked }
    }

    /// The same, with TLS around each connection.
    pub(super) fn secured(self, tls: Option<Connector>) -> Self {
        Self { tls, ..self }
    }

    /// The same, wherever `primary` finds the server.
    pub(super) fn found_by(self, primary: Primary, label: String) -> Self {
        Self { place: Place::Found(primary), label, ..self }
    }

    /// Where the server is now, or why that is not known. Asked before each attempt to connect.
    pub(super) async fn resolve(&self) -> Result<Address, String> {
        match &self.place {
            Place::Fixed(address) => Ok(address.clone()),
            Place::Found(primary) => primary.find(self.tls.as_ref()).await,
        }
    }

    /// Ends with the reason when `link`, which works, is not to be used any more: it leads to a replica, or the primary
    /// is elsewhere now.
    pub(super) async fn outdated(&self, link: &Link) -> String {
        let mut demoted = pin!(link.demoted());
        let mut moved = pin!(async {
            match &self.place {
                Place::Fixed(_) => std::future::pending().await,
                Place::Found(primary) => primary.moved(self.tls.as_ref()).await,
            }
        });
        poll_fn(|context| match demoted.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready("the server is a replica: it has to be a primary".to_owned()),
            Poll::Pending => moved.as_mut().poll(context),
        })
        .await
    }

    /// Why there is no connection when the time for it is over.
    pub(super) fn too_late(&self) -> String {
        let network = match self.tls {
            // A server without TLS waits for the end of what it takes for a command.
            Some(_) => "the address, that the server speaks TLS there, and the network",
            None => "the address and the network",
        };
        let place = match &self.place {
            Place::Fixed(_) => String::new(),
            Place::Found(primary) => primary.current().map_or(String::new(), |at| format!(" to {at}")),
        };
        format!("no connection{place} within {:?}: check {network}", self.timeout)
    }

    /// The error of `operation` that `failure` is.
    pub(super) fn failed(&self, operation: &str, failure: &Failure) -> BackendError {
        match failure {
            Failure::Away(reason) => self.error(operation, reason),
            Failure::Failed(error) => self.error(operation, command::explain(error)),
        }
    }

    /// An error of `operation` on this server.
    pub(super) fn error(&self, operation: &str, what: impl Display) -> BackendError {
        BackendError::new(format!("{}: {operation} failed: {what}", self.label))
    }
}

/// Connects to `address` with the newer protocol, and without it to a server that does not know it.
pub(super) async fn connect(
    target: &Target,
    address: &Address,
    near: &Arc<Near>,
    wire: WireId,
) -> Result<Link, String> {
    let established = match establish(target, address, near, Protocol::Resp3).await {
        Err(error) if !error.is_io_error() && !error.is_connection_dropped() => {
            establish(target, address, near, Protocol::Resp2).await
        }
        other => other,
    }
    .map_err(|error| reason(&error, target.tls.as_ref()));
    let (link, sends_messages) = match &target.place {
        Place::Fixed(_) => established?,
        Place::Found(primary) => {
            let checked = match established {
                Ok((link, sends_messages)) => is_primary(&link).await.map(|()| (link, sends_messages)),
                Err(reason) => Err(reason),
            };
            let found = checked.map_err(|reason| format!("{reason} (its sentinels name {address})"))?;
            primary.confirm();
            found
        }
    };
    // When nothing can go wrong any more: whoever uses the link takes this back when it ends.
    if sends_messages {
        near.trust(wire);
    }
    Ok(link)
}

/// Whether the server is a primary itself: sentinels may be late, or wrong for a while.
async fn is_primary(link: &Link) -> Result<(), String> {
    let reply = link.exchange.ask(&Command::new("ROLE")).await.map_err(|error| reason(&error, None))?;
    match reply {
        Value::Array(parts) => match parts.first() {
            Some(Value::BulkString(role)) if role == b"master" => Ok(()),
            _ => Err("the server is a replica, or becomes one".into()),
        },
        Value::ServerError(error) if error.code() == "NOPERM" => {
            Err("the server's ACL forbids `ROLE`, which tells a primary from a replica: allow it to larder's user"
                .into())
        }
        _ => Err("the server does not say whether it is a primary".into()),
    }
}

/// A connection, and whether the server sends messages on it.
async fn establish(
    target: &Target,
    address: &Address,
    near: &Arc<Near>,
    protocol: Protocol,
) -> RedisResult<(Link, bool)> {
    let stream = stream::open(address, target.tls.as_ref()).await?;
    let near = Arc::clone(near);
    let first = match protocol {
        Protocol::Resp2 => Command::new("PING"),
        Protocol::Resp3 => command::track(&near.prefixes()),
    };
    let exchange = Exchange::new(stream, Box::new(move |kind, data| near.hear(kind, data)));
    target.session.begin(&exchange, protocol).await?;
    let mut sends_messages = false;
    match exchange.ask(&first).await? {
        Value::ServerError(error) if error.code() == "NOAUTH" => return Err(error.into()),
        Value::Okay => sends_messages = true,
        _ if target.said_untracked.swap(true, Ordering::Relaxed) => {}
        _ => log::warn!(
            "{}: the server or its ACL does not allow `CLIENT TRACKING`; epochs are read with every look, so hits \
             are slower",
            target.label
        ),
    }
    Ok((Link::new(exchange), sends_messages))
}

/// Why there is no connection. What the server says is not repeated: an old one repeats the password that it was sent.
pub(super) fn reason(error: &RedisError, tls: Option<&Connector>) -> String {
    let code = error.code().unwrap_or_default();
    if let Some(reason) = tls.and_then(|tls| tls.reason(error)) {
        return reason;
    }
    if error.is_io_error() || error.is_connection_dropped() {
        return format!("{error}: check that the server runs and listens there");
    }
    match code {
        "NOAUTH" => "the server wants a password: add `.password(..)`".into(),
        "WRONGPASS" => "the server refused the user or password: check `.username(..)` and `.password(..)`".into(),
        "DENIED" => "the server is in protected mode: connect from its own machine, or configure its `bind` and a \
                     password"
            .into(),
        "LOADING" | "BUSY" => format!("the server is not ready ({code})"),
        _ if error.kind() == ErrorKind::AuthenticationFailed => {
            "the server refused the user or password: check `.username(..)` and `.password(..)`".into()
        }
        _ if error.detail().is_some_and(|detail| detail.contains("max number of clients")) => {
            "the server has as many clients as it allows: raise its `maxclients`".into()
        }
        _ => format!("the server refused the connection ({code}): check the user, the password and the db"),
    }
}
