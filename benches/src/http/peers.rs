//! The peers over the same app, each as its own documentation says for keeping GETs in memory for 300 seconds.
//!
//! Two of them can fail with an error of their own, which axum does not take from a layer. Their documentation puts
//! `HandleErrorLayer` around them; `map_err` is cheaper, so it is what they get here.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::Response;
use axum::{BoxError, Router};
use http_body::{Frame, SizeHint};
use tower::ServiceBuilder;

use crate::apps::{ENTRIES, SECONDS};

const TTL: Duration = Duration::from_secs(SECONDS);

/// With its manager in memory, and the query as part of the key. It keeps what says nothing about caching only when
/// told so.
pub fn http_cache(app: Router) -> Router {
    use http_cache::{MokaCache, MokaManager};
    use http_cache_tower_server::{QueryKeyer, ServerCacheLayer, ServerCacheOptions};

    let manager = MokaManager::new(MokaCache::new(ENTRIES as u64));
    let options = ServerCacheOptions { default_ttl: Some(TTL), cache_by_default: true, ..Default::default() };
    let layer = ServerCacheLayer::with_keyer(manager, QueryKeyer).with_options(options);
    app.layer(ServiceBuilder::new().map_err(|error: BoxError| -> Infallible { panic!("{error}") }).layer(layer))
}

/// Its defaults: GET and HEAD, path and query, no refresh and no stale answers. It takes only bodies that are `Sync`,
/// and axum's is not; a hit never meets the wrapper.
pub fn tower_http_cache(app: Router) -> Router {
    use tower_http_cache::prelude::{CacheLayer, InMemoryBackend};

    let layer = CacheLayer::builder(InMemoryBackend::new(ENTRIES as u64)).ttl(TTL).build();
    let sync = |response: Response| response.map(|body| SyncBody(Mutex::new(body)));
    app.layer(
        ServiceBuilder::new()
            .map_err(|error: BoxError| -> Infallible { panic!("{error}") })
            .layer(layer)
            .map_response(sync),
    )
}

/// A body that may be shared, since whoever polls it has it alone.
struct SyncBody(Mutex<Body>);

impl HttpBody for SyncBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let body = self.get_mut().0.get_mut().unwrap_or_else(PoisonError::into_inner);
        Pin::new(body).poll_frame(context)
    }

    fn size_hint(&self) -> SizeHint {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).size_hint()
    }
}

/// The predicates and extractors of its quick start, and the format that its backend calls the fastest (its default is
/// JSON). It looks at `no-store` only when told so.
pub fn hitbox(app: Router) -> Router {
    use hitbox::policy::PolicyConfig;
    use hitbox::predicate::PredicateExt;
    use hitbox_backend::format::RkyvFormat;
    use hitbox_http::extractors::{Method, path::PathExtractor, query::QueryExtractor};
    use hitbox_http::predicates::header::{Header, Operation};
    use hitbox_http::predicates::response::StatusCode as Status;

    let says = |what: &str| Operation::Contains(CACHE_CONTROL, what.to_owned());
    let config = hitbox::Config::builder()
        .request_predicate(Header::new(says("no-cache")).not())
        .response_predicate(Status::new(StatusCode::OK).and(Header::new(says("no-store")).not()))
        .extractor(Method::new().path("/{path}").query("n".to_owned()))
        .policy(PolicyConfig::builder().ttl(TTL).build())
        .build();
    let backend =
        hitbox_moka::MokaBackend::builder().max_entries(ENTRIES as u64).value_format(RkyvFormat::new()).build();
    app.layer(hitbox_tower::Cache::builder().backend(backend).config(config).build())
}
