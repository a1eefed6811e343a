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
            let local = is_local(&stream);
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

/// Whether it leads to this machine. One that has ended already leads nowhere, which is found out elsewhere.
fn is_local(stream: &TcpStream) -> bool {
    let (Ok(server), Ok(own)) = (stream.peer_addr(), stream.local_addr()) else { return false };
    // From the first loopback address to any other the system goes by the first.
    server.ip().to_canonical().is_loopback() || server.ip() == own.ip()
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use tokio::runtime::Builder;

    use super::*;

    #[test]
    fn every_loopback_address_is_on_this_machine() {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        // Debian gives a machine's own name the last of them.
        for host in ["127.0.0.1", "127.0.0.2", "127.0.1.1"] {
            let Ok(listener) = TcpListener::bind((host, 0)) else { continue };
            let port = listener.local_addr().unwrap().port();
            let connected = runtime.block_on(open(&Address::Tcp { host: host.into(), port }, None)).unwrap();
            assert!(connected.local, "{host}");
        }
    }
}
