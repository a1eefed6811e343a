//! The future of an answer.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::Response;
use http_body::Body;
use pin_project_lite::pin_project;

use crate::body::ResponseBody;
use crate::flight::Leading;
use crate::layer::Passing;
use crate::record::ABANDONED;

type Answer<B, E> = Result<Response<ResponseBody<B>>, E>;
pub(crate) type Boxed<B, E> = Pin<Box<dyn Future<Output = Answer<B, E>> + Send>>;

pin_project! {
    /// The answer to a request that goes through a [`ResponseCache`](crate::ResponseCache).
    pub struct ResponseFuture<F, B, E>
    where
        B: Body,
    {
        #[pin]
        kind: Kind<F, B, E>,
    }
}

pin_project! {
    #[project = KindProject]
    enum Kind<F, B, E>
    where
        B: Body,
    {
        Ready { response: Option<Response<ResponseBody<B>>> },
        Passed { #[pin] future: F, passing: Option<Passing> },
        Driven { driven: Driven<B, E> },
    }
}

impl<F, B: Body, E> ResponseFuture<F, B, E> {
    pub(crate) const fn ready(response: Response<ResponseBody<B>>) -> Self {
        Self { kind: Kind::Ready { response: Some(response) } }
    }

    pub(crate) const fn passed(future: F, passing: Passing) -> Self {
        Self { kind: Kind::Passed { future, passing: Some(passing) } }
    }

    pub(crate) fn driven(future: Boxed<B, E>, leading: Leading) -> Self
    where
        B: Send + 'static,
        B::Error: Send,
        E: Send + 'static,
    {
        Self { kind: Kind::Driven { driven: Driven { future: Some(future), leading, abandon } } }
    }
}

impl<F, B, E> Future for ResponseFuture<F, B, E>
where
    B: Body,
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = Answer<B, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().kind.project() {
            KindProject::Ready { response } => match response.take() {
                Some(response) => Poll::Ready(Ok(response)),
                None => Poll::Pending,
            },
            KindProject::Passed { future, passing } => {
                let response = ready!(future.poll(context))?;
                Poll::Ready(Ok(match passing.take() {
                    Some(passing) => passing.sign(response),
                    None => response.map(ResponseBody::passed),
                }))
            }
            KindProject::Driven { driven } => driven.poll(context),
        }
    }
}

/// An answer that takes a while. If its client goes away while others wait for it, a task brings it to its end.
struct Driven<B: Body, E> {
    future: Option<Boxed<B, E>>,
    leading: Leading,
    abandon: fn(Boxed<B, E>),
}

impl<B: Body, E> Driven<B, E> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Answer<B, E>> {
        // Taken out, it is dropped if it panics, and not brought to its end by a task.
        let Some(mut future) = self.future.take() else { return Poll::Pending };
        let polled = future.as_mut().poll(context);
        if polled.is_pending() {
            self.future = Some(future);
        }
        polled
    }
}

impl<B: Body, E> Drop for Driven<B, E> {
    fn drop(&mut self) {
        if let Some(future) = self.future.take().filter(|_| self.leading.is_waited_for() && !std::thread::panicking()) {
            (self.abandon)(future);
        }
    }
}

fn abandon<B: Body<Error: Send> + Send + 'static, E: Send + 'static>(future: Boxed<B, E>) {
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        drop(runtime.spawn(async move {
            // Its body is read to its end by a task of its own.
            drop(cache_core::within(&cache_core::Clock::system(), ABANDONED, future).await);
        }));
    }
}

impl<F, B: Body, E> fmt::Debug for ResponseFuture<F, B, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
