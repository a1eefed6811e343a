//! The layer, and the service that it makes of another one.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use cache_core::keyspace::{Keyspace, Namespace, Tags};
use cache_core::{EpochName, Result, Stats};
use http::{Request, Response, request};
use http_body::Body;
use tower_layer::Layer;
use tower_service::Service;

use crate::body::ResponseBody;
use crate::builder::{ResponseCacheBuilder, Tagger};
use crate::dates::Dates;
use crate::flight::Leading;
use crate::future::ResponseFuture;
use crate::invalidation::{self, Change};
use crate::key::{KeyRules, original};
use crate::lookup::{Lookup, at_once};
use crate::policy::Policy;
use crate::request::Asked;
use crate::respond::{Signature, Wanted, refused};
use crate::status::{Did, Forward};
use crate::unstored::Unstored;
use crate::vary::Said;

/// Keeps whole responses. A tower [`Layer`]; a clone is cheap and is the same cache.
///
/// ```
/// use axum::{Router, routing::get};
/// use cache_http::ResponseCache;
///
/// let posts = ResponseCache::builder().namespace("posts").duration(30).languages(["en", "it"]).build();
/// let module = Router::new().route("/", get(async || "all")).route("/{id}", get(async || "one"));
/// let app: Router = Router::new().nest("/posts", module.layer(posts));
/// # let _ = app;
/// ```
#[derive(Clone)]
pub struct ResponseCache(Arc<Shared>);

/// What the services of one layer share.
pub(crate) struct Shared {
    pub(crate) rules: KeyRules,
    pub(crate) policy: Policy,
    pub(crate) signature: Signature,
    pub(crate) namespace: Namespace,
    pub(crate) max_variants: usize,
    pub(crate) lock_timeout: Duration,
    pub(crate) tagger: Option<Tagger>,
    pub(crate) unstored: Unstored,
    pub(crate) dates: Dates,
    /// What cannot work in its configuration: then nothing is cached.
    pub(crate) broken: bool,
}

impl Shared {
    /// What the entry of a request is invalidated by.
    pub(crate) fn tags(&self, request: &request::Parts) -> Tags {
        let path = invalidation::tag(self.namespace.name(), original(&request.uri, &request.extensions).path());
        let mut tags = Tags::new();
        tags.push(path);
        if let Some(tagger) = &self.tagger {
            tags.extend(tagger(request).iter().map(|tag| EpochName::tag(tag)));
        }
        tags
    }

    /// The answer of a response that is not stored.
    pub(crate) fn passed<B: Body>(
        &self,
        response: Response<B>,
        forward: Forward,
        detail: Option<&'static str>,
    ) -> Response<ResponseBody<B>> {
        let mut response = response.map(ResponseBody::passed);
        let did = Did::Passed(forward, response.status(), detail);
        self.signature.sign(did, response.headers_mut());
        response
    }
}

/// A request that is passed on, and why.
pub(crate) struct Passing {
    shared: Arc<Shared>,
    forward: Forward,
    detail: Option<&'static str>,
}

impl Passing {
    pub(crate) fn sign<B: Body>(self, response: Response<B>) -> Response<ResponseBody<B>> {
        self.shared.passed(response, self.forward, self.detail)
    }
}

impl ResponseCache {
    /// Configures a layer.
    ///
    /// Unless it is given a [`namespace`](ResponseCacheBuilder::namespace), the place in the source from which this is
    /// called is one.
    #[track_caller]
    pub fn builder() -> ResponseCacheBuilder {
        ResponseCacheBuilder::new(std::panic::Location::caller())
    }

    pub(crate) fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }

    fn keyspace(&self) -> Option<Arc<Keyspace>> {
        if self.0.broken { None } else { self.0.namespace.here() }
    }

    /// Drops every stored response of `path`, whatever its query, language and headers were. The path is as clients send
    /// it, with the prefixes of nested routers. A response that is being made does not bring back what was before.
    ///
    /// # Errors
    /// When the handler cannot be reached; it is then done before the handler is read again.
    pub async fn invalidate(&self, path: &str) -> Result<()> {
        let Some(keyspace) = self.keyspace() else { return Ok(()) };
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let tag = invalidation::tag(keyspace.name(), path);
        keyspace.invalidate_tags(format!("invalidating `{path}`"), vec![tag]).await
    }

    /// Drops the stored responses whose path and query match: `*` is any text, `?` any character, `\` takes the next
    /// one as it is. (`/posts*` matches `/posts`, `/posts/7` and `/posts?page=2`.)
    ///
    /// # Errors
    /// As [`ResponseCache::invalidate`].
    pub async fn invalidate_matching(&self, pattern: &str) -> Result<()> {
        match self.keyspace() {
            Some(keyspace) => keyspace.invalidate_matching(pattern).await,
            None => Ok(()),
        }
    }

    /// Drops everything in this layer's namespace.
    ///
    /// # Errors
    /// As [`ResponseCache::invalidate`].
    pub async fn clear(&self) -> Result<()> {
        match self.keyspace() {
            Some(keyspace) => keyspace.clear().await,
            None => Ok(()),
        }
    }

    /// What happened to the requests that the cache was asked for.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.keyspace().map_or_else(Stats::default, |keyspace| keyspace.stats())
    }
}

impl fmt::Debug for ResponseCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseCache")
            .field("namespace", &self.0.namespace)
            .field("key", &self.0.rules)
            .field("policy", &self.0.policy)
            .finish_non_exhaustive()
    }
}

impl<S> Layer<S> for ResponseCache {
    type Service = ResponseCacheService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        ResponseCacheService { inner, cache: self.clone() }
    }
}

/// A service whose responses are kept by a [`ResponseCache`].
#[derive(Clone, Debug)]
pub struct ResponseCacheService<S> {
    inner: S,
    cache: ResponseCache,
}

impl<S, A, B> Service<Request<A>> for ResponseCacheService<S>
where
    S: Service<Request<A>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
    A: Body + Send + 'static,
    B: Body + Send + 'static,
    B::Error: Send,
{
    type Response = Response<ResponseBody<B>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, B, S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<std::result::Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<A>) -> Self::Future {
        // The one that is ready is called, or dropped with what it holds; a clone of it may be neither.
        let next = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, next);
        let shared = &self.cache.0;
        if shared.broken {
            return pass(shared, inner, request, Forward::Bypass, Some("configuration"));
        }
        let has_body = !request.body().is_end_stream();
        let (key, miss) = match Asked::of(&request, has_body, &shared.rules) {
            Asked::Lookup(key, miss) => (key, miss),
            Asked::Refuse => return ResponseFuture::ready(refused(&shared.signature)),
            Asked::Bypass(reason) => return hide(shared, inner, request, reason),
            Asked::OtherMethod => return pass(shared, inner, request, Forward::Method, None),
            Asked::Unsafe => return change(shared, inner, request),
        };
        let Some(keyspace) = shared.namespace.here() else { return hide(shared, inner, request, "no-handler") };
        let wanted = Wanted::of(&request);
        let said = Said::new(request.uri(), request.extensions(), request.headers());
        if let Some(response) = at_once(shared, &keyspace, &key, &wanted, said) {
            return ResponseFuture::ready(response);
        }
        let lookup = Lookup { shared: Arc::clone(shared), keyspace, key, miss, wanted };
        let leading = Leading::default();
        let answer = lookup.answer(request, inner, leading.clone());
        ResponseFuture::driven(Box::pin(answer), leading)
    }
}

fn pass<S, A, B>(
    shared: &Arc<Shared>,
    mut inner: S,
    request: Request<A>,
    forward: Forward,
    detail: Option<&'static str>,
) -> ResponseFuture<S::Future, B, S::Error>
where
    S: Service<Request<A>, Response = Response<B>>,
    B: Body,
{
    ResponseFuture::passed(inner.call(request), Passing { shared: Arc::clone(shared), forward, detail })
}

/// Passes on a request that the cache is not asked for, without what no response may depend on.
fn hide<S, A, B>(
    shared: &Arc<Shared>,
    inner: S,
    request: Request<A>,
    detail: &'static str,
) -> ResponseFuture<S::Future, B, S::Error>
where
    S: Service<Request<A>, Response = Response<B>>,
    B: Body,
{
    let (mut parts, body) = request.into_parts();
    shared.rules.hide(&mut parts);
    pass(shared, inner, Request::from_parts(parts, body), Forward::Bypass, Some(detail))
}

/// Passes on a request that changes something, and drops what it made stale before its answer is given.
fn change<S, A, B>(shared: &Arc<Shared>, mut inner: S, request: Request<A>) -> ResponseFuture<S::Future, B, S::Error>
where
    S: Service<Request<A>, Response = Response<B>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
    B: Body + Send + 'static,
    B::Error: Send,
{
    let (parts, body) = request.into_parts();
    let mut change = Change::of(&parts, &shared.namespace);
    let future = inner.call(Request::from_parts(parts, body));
    let shared = Arc::clone(shared);
    let answer = async move {
        let answered = future.await;
        if let Ok(response) = &answered {
            change.answered(response.status(), response.headers());
        }
        change.settle().await;
        Ok(shared.passed(answered?, Forward::Method, None))
    };
    ResponseFuture::driven(Box::pin(answer), Leading::default())
}
