//! A site for tests: a router behind a layer, a cache with a clock that stands still, and what its handler counts.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::{MethodRouter, any};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt as _;
use larder::http::{ResponseCache, ResponseCacheBuilder};
use larder::{Cache, Clock, Ram};
use tower::ServiceExt as _;

use crate::support::Runs;

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// A header of one line; empty if there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn cache_status(&self) -> &str {
        self.header("cache-status")
    }

    pub(crate) fn is_hit(&self) -> bool {
        self.cache_status().contains("; hit")
    }
}

/// A cache in memory, by a clock that stands still.
pub(crate) struct Site {
    pub(crate) cache: Cache,
    pub(crate) clock: Clock,
    pub(crate) runs: Arc<Runs>,
}

impl Site {
    pub(crate) fn new() -> Self {
        let clock = Clock::standing();
        let cache = Cache::builder().handler("ram", Ram::builder()).clock(clock.clone()).build().unwrap();
        Self { cache, clock, runs: Arc::default() }
    }

    /// A layer on this cache, fresh for 30 s.
    pub(crate) fn layer(&self) -> ResponseCacheBuilder {
        ResponseCache::builder().cache(self.cache.clone()).namespace("site").duration(30)
    }

    /// A handler of every method that counts its runs and answers with what `respond` makes of the request. Its run's
    /// number is the body, unless `respond` gives another one.
    pub(crate) fn handler<S>(
        &self,
        respond: impl Fn(&Request, u32) -> Response + Clone + Send + Sync + 'static,
    ) -> MethodRouter<S>
    where
        S: Clone + Send + Sync + 'static,
    {
        let runs = Arc::clone(&self.runs);
        any(move |request: Request| {
            let response = respond(&request, runs.add());
            async move { response }
        })
    }

    /// A router whose every path answers with what `respond` gives, behind `layer`.
    pub(crate) fn app(
        &self,
        layer: ResponseCacheBuilder,
        respond: impl Fn(&Request, u32) -> Response + Clone + Send + Sync + 'static,
    ) -> Router {
        Router::new().route("/{*rest}", self.handler(respond)).layer(layer.build())
    }

    /// A router whose every path answers with the number of the run.
    pub(crate) fn counting(&self, layer: ResponseCacheBuilder) -> Router {
        self.app(layer, |_, run| answer(&[], run.to_string()))
    }
}

/// A response of status 200.
pub(crate) fn answer(headers: &[(&str, &str)], body: impl Into<Body>) -> Response {
    let mut response = Response::builder();
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(body.into()).unwrap()
}

/// A `GET` of `target`, with headers.
pub(crate) fn get(target: &str, headers: &[(&str, &str)]) -> Request {
    request("GET", target, headers)
}

pub(crate) fn request(method: &str, target: &str, headers: &[(&str, &str)]) -> Request {
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

/// The answer of `app`, with its body read to the end.
pub(crate) async fn send(app: &Router, request: Request) -> Answer {
    let response = app.clone().oneshot(request).await.unwrap();
    let (head, body) = response.into_parts();
    Answer { status: head.status, headers: head.headers, body: body.collect().await.unwrap().to_bytes() }
}

/// The text of a `GET`.
pub(crate) async fn text(app: &Router, target: &str) -> String {
    send(app, get(target, &[])).await.text().to_owned()
}

/// Lets other tasks run until `condition` holds.
pub(crate) async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let clock = Clock::system();
    let start = clock.now();
    while !condition() {
        assert!(clock.now() - start < 10_000, "it never happened that {what}");
        tokio::task::yield_now().await;
    }
}
