//! The stream of a connection, whose end is ours to notice.
//!
//! The client's driver drops its queue in the moment that it reads the end of its stream. A request that is being put into
//! the queue in that same moment stays there: it is neither sent nor refused, and its caller would wait for ever. So the
//! driver is not told of the end. It is told to us, and [`super::pump::Pump::close`] drops the driver when nobody is
//! about to give it anything.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Whether a stream has ended. Until it is [armed](Ending::arm) its end is told to whoever reads, as the handshake needs.
#[derive(Clone, Debug, Default)]
pub(super) struct Ending(Arc<AtomicU8>);

const OPEN: u8 = 0;
const ARMED: u8 = 1;
const ENDED: u8 = 2;

impl Ending {
    /// From now on the end is kept from whoever reads and writes.
    pub(super) fn arm(&self) {
        self.0.store(ARMED, Ordering::SeqCst);
    }

    pub(super) fn has_come(&self) -> bool {
        self.0.load(Ordering::SeqCst) == ENDED
    }

    /// What is told of `polled`, which is an end for those that `is_end` says.
    fn keep<T>(&self, polled: Poll<io::Result<T>>, is_end: impl FnOnce(&T) -> bool) -> Poll<io::Result<T>> {
        let ends = match &polled {
            Poll::Ready(Ok(value)) => is_end(value),
            Poll::Ready(Err(_)) => true,
            Poll::Pending => false,
        };
        if !ends || self.0.load(Ordering::SeqCst) == OPEN {
            return polled;
        }
        self.0.store(ENDED, Ordering::SeqCst);
        Poll::Pending
    }
}

/// A stream that keeps its end back.
pub(super) struct Kept<S> {
    stream: S,
    ending: Ending,
}

impl<S> Kept<S> {
    pub(super) fn new(stream: S, ending: Ending) -> Self {
        Self { stream, ending }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Kept<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let room = buffer.remaining();
        let polled = Pin::new(&mut this.stream).poll_read(context, buffer);
        this.ending.keep(polled, |()| room > 0 && buffer.filled().len() == before)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Kept<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.ending.keep(polled, |&written| written == 0 && !bytes.is_empty())
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.stream).poll_flush(context);
        this.ending.keep(polled, |()| false)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.stream).poll_shutdown(context);
        this.ending.keep(polled, |()| false)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.stream).poll_write_vectored(context, parts);
        this.ending.keep(polled, |&written| written == 0 && parts.iter().any(|part| !part.is_empty()))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
