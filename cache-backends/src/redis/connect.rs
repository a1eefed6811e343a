//! Connecting: the stream, the login, the protocol, and the server's messages about epochs.

use std::fmt::Display;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use cache_core::BackendError;
use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, ErrorKind, ProtocolVersion, PushInfo, RedisConnectionInfo, RedisError, RedisResult, Value,
};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::address::{self, Address, Login};
use super::command;
use super::link::Link;
use super::near::{Near, WireId};
use super::pump::Pump;
use super::servers::Failure;
use super::stream::{Ending, Kept};

/// How many requests wait for the connection's reader before callers wait themselves.
const QUEUE: usize = 1_024;

/// Where the server is found, and how to connect to it.
pub(super) struct Target {
    address: Address,
    settings: RedisConnectionInfo,
    pub(super) prefix: String,
    /// The server and db, as errors name them.
    pub(super) label: String,
    pub(super) timeout: Duration,
    said_untracked: AtomicBool,
}

impl Target {
    pub(super) fn new(address: Address, db: i64, login: Login, prefix: String, timeout: Duration) -> Self {
        let mut settings = RedisConnectionInfo::default().set_db(db).set_lib_name("larder", env!("CARGO_PKG_VERSION"));
        if let Some(username) = login.username {
            settings = settings.set_username(username);
        }
        if let Some(password) = login.password {
            settings = settings.set_password(password);
        }
        let label = address::label(&address, db);
        Self { address, settings, prefix, label, timeout, said_untracked: AtomicBool::new(false) }
    }

    /// Where the server is now, or why that is not known. Asked before each attempt to connect.
    pub(super) async fn resolve(&self) -> Result<Address, String> {
        Ok(self.address.clone())
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
    match establish(target, address, near, wire, ProtocolVersion::RESP3).await {
        Err(error) if !error.is_io_error() && !error.is_connection_dropped() => {
            establish(target, address, near, wire, ProtocolVersion::RESP2).await
        }
        other => other,
    }
    .map_err(|error| refusal(&error))
}

async fn establish(
    target: &Target,
    address: &Address,
    near: &Arc<Near>,
    wire: WireId,
    protocol: ProtocolVersion,
) -> RedisResult<Link> {
    let (connection, pump) = match address {
        Address::Tcp { host, port } => {
            let stream = TcpStream::connect((host.as_str(), *port)).await?;
            stream.set_nodelay(true)?;
            shake_hands(target, protocol, stream, near).await?
        }
        #[cfg(unix)]
        Address::Unix { path } => {
            let stream = tokio::net::UnixStream::connect(path).await?;
            shake_hands(target, protocol, stream, near).await?
        }
        #[cfg(not(unix))]
        Address::Unix { .. } => return Err((ErrorKind::InvalidClientConfig, "no unix sockets here").into()),
    };
    let link = Link::new(connection, pump);
    let first = match protocol {
        ProtocolVersion::RESP2 => redis::cmd("PING"),
        _ => command::track(&near.prefixes()),
    };
    let reply = {
        let mut request = pin!(link.request(&first));
        poll_fn(|context| match request.as_mut().poll(context) {
            Poll::Pending if link.pump.poll(context).is_ready() => {
                Poll::Ready(Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset).into()))
            }
            other => other,
        })
        .await?
    };
    match reply {
        Value::ServerError(error) if error.code() == "NOAUTH" => return Err(error.into()),
        Value::Okay => near.trust(wire),
        _ if target.said_untracked.swap(true, Ordering::Relaxed) => {}
        _ => log::warn!(
            "{}: the server or its ACL does not allow `CLIENT TRACKING`; epochs are read with every look, so hits \
             are slower",
            target.label
        ),
    }
    Ok(link)
}

async fn shake_hands<S>(
    target: &Target,
    protocol: ProtocolVersion,
    stream: S,
    near: &Arc<Near>,
) -> RedisResult<(MultiplexedConnection, Pump)>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut config = AsyncConnectionConfig::new()
        .set_connection_timeout(None)
        .set_response_timeout(None)
        .set_pipeline_buffer_size(QUEUE);
    if protocol != ProtocolVersion::RESP2 {
        let near = Arc::clone(near);
        config = config.set_push_sender(move |push: PushInfo| {
            near.hear(&push);
            Ok::<(), ()>(())
        });
    }
    let settings = target.settings.clone().set_protocol(protocol);
    let ending = Ending::default();
    let stream = Kept::new(stream, ending.clone());
    let (connection, driver) = MultiplexedConnection::new_with_config(&settings, stream, config).await?;
    ending.arm();
    Ok((connection, Pump::new(Box::pin(driver), ending)))
}

/// Why there is no connection. What the server says is not repeated: an old one repeats the password that it was sent.
fn refusal(error: &RedisError) -> String {
    let code = error.code().unwrap_or_default();
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
