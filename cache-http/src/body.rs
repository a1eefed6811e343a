//! The body of an answer: what is stored, what a handler gives, or the latter while it is also recorded.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::record::Recording;

pin_project! {
    /// The body of an answer that went through a [`ResponseCache`](crate::ResponseCache). `B` is that of the service
    /// inside.
    pub struct ResponseBody<B>
    where
        B: Body,
    {
        #[pin]
        kind: Kind<B>,
    }
}

pin_project! {
    #[project = KindProject]
    enum Kind<B>
    where
        B: Body,
    {
        Whole { bytes: Bytes },
        Passed { #[pin] body: B },
        Recorded { recording: Recording<B> },
    }
}

impl<B: Body> ResponseBody<B> {
    /// What is stored.
    pub(crate) const fn whole(bytes: Bytes) -> Self {
        Self { kind: Kind::Whole { bytes } }
    }

    /// What a handler gives.
    pub(crate) const fn passed(body: B) -> Self {
        Self { kind: Kind::Passed { body } }
    }

    /// What a handler gives, recorded while it is read.
    pub(crate) const fn recorded(recording: Recording<B>) -> Self {
        Self { kind: Kind::Recorded { recording } }
    }
}

impl<B: Body> Body for ResponseBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        match self.project().kind.project() {
            KindProject::Whole { bytes } if bytes.is_empty() => Poll::Ready(None),
            KindProject::Whole { bytes } => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            KindProject::Passed { body } => Poll::Ready(ready!(body.poll_frame(context)).map(whole_data)),
            KindProject::Recorded { recording } => recording.poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Whole { bytes } => bytes.is_empty(),
            Kind::Passed { body } => body.is_end_stream(),
            Kind::Recorded { recording } => recording.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Whole { bytes } => SizeHint::with_exact(bytes.len() as u64),
            Kind::Passed { body } => body.size_hint(),
            Kind::Recorded { recording } => recording.size_hint(),
        }
    }
}

/// The data of a frame in one piece; without a copy where it is already.
pub(crate) fn whole_data<D: Buf, E>(frame: Result<Frame<D>, E>) -> Result<Frame<Bytes>, E> {
    frame.map(|frame| frame.map_data(|mut data| data.copy_to_bytes(data.remaining())))
}

impl<B: Body> fmt::Debug for ResponseBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.kind {
            Kind::Whole { .. } => "ResponseBody::Whole",
            Kind::Passed { .. } => "ResponseBody::Passed",
            Kind::Recorded { .. } => "ResponseBody::Recorded",
        })
    }
}
