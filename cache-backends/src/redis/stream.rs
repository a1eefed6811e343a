//! The stream to a server: TCP or a unix socket, with TLS around it where that is configured.
//!
//! Streams are boxed: what follows is compiled once for all kinds, and the indirect call is nothing beside a system call.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::address::Address;
use super::tls::Connector;

/// What a connection is made over.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// A stream that is open.
pub(super) struct Connected {
    pub(super) stream: Box<dyn Stream>,
    /// What it leads to is on this machine.
    pub(super) local: bool,
}

/// Opens a stream to `address`. TLS is shaken hands about here, so whoever bounds this bounds that too.
pub(super) async fn open(address: &Address, tls: Option<&Connector>) -> io::Result<Connected> {
    match address {
        Address::Tcp { host, port } => {
            let stream = TcpStream::connect((host.as_str(), *port)).await?;
            stream.set_nodelay(true)?;
            let local = stream.peer_addr()?.ip() == stream.local_addr()?.ip();
            let stream = match tls {
                Some(tls) => tls.shake_hands(host, stream).await?,
                None => Box::new(stream),
            };
            Ok(Connected { stream, local })
        }
        #[cfg(unix)]
        Address::Unix { path } => {
            let stream = tokio::net::UnixStream::connect(path).await?;
            Ok(Connected { stream: Box::new(stream), local: true })
        }
        #[cfg(not(unix))]
        Address::Unix { .. } => Err(io::Error::new(io::ErrorKind::Unsupported, "no unix sockets here")),
    }
}
