//! One axum app, under each cache in turn.

use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use axum::http::{HeaderValue, Request};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http_body_util::BodyExt;
use larder::http::ResponseCache;
use tokio::runtime::{Handle, RuntimeMetrics};
use tower::ServiceExt;

use crate::peers;

/// Every cache keeps this many responses, and each for this many seconds.
pub const ENTRIES: usize = 10_000;
pub const SECONDS: u64 = 300;

/// The path of what may be kept, and of what may not.
pub const KEPT: &str = "/posts";
pub const NOT_KEPT: &str = "/account";

const TAG: &str = "\"posts-1\"";

/// About 1 KB of JSON, the same for everybody, so that the handler costs next to nothing.
static POSTS: LazyLock<Bytes> = LazyLock::new(|| {
    let posts: Vec<_> = (0..16)
        .map(|id| format!(r#"{{"id":{id:02},"title":"A post to read","author":"somebody","ok":true}}"#))
        .collect();
    format!("[{}]", posts.join(",")).into()
});

/// What is measured: an app, and how often its handlers ran.
pub struct Contender {
    pub name: &'static str,
    pub app: Router,
    runs: Arc<AtomicU64>,
    tasks: RuntimeMetrics,
}

impl Contender {
    fn new(name: &'static str, layered: impl FnOnce(Router) -> Router) -> Self {
        let runs = Arc::default();
        Self { name, app: layered(routes(&runs)), runs, tasks: Handle::current().metrics() }
    }

    /// Its name and version, if it is a crate.
    pub fn title(&self) -> String {
        let entry = format!("name = \"{}\"\nversion = \"", self.name);
        let version = include_str!("../../Cargo.lock").split_once(&entry).and_then(|(_, rest)| rest.split('"').next());
        format!("{} {}", self.name, version.unwrap_or_default())
    }

    pub fn runs(&self) -> u64 {
        self.runs.load(Relaxed)
    }

    /// One request and its whole body. What a cache leaves to a task of its own is part of what the request costs, so
    /// it is awaited here; all that this adds for the others is the reading of a counter.
    pub async fn call(&self, request: Request<Body>) -> usize {
        let Ok(response) = self.app.clone().oneshot(request).await;
        let body = response.into_body().collect().await.expect("a body in memory").to_bytes();
        while self.tasks.num_alive_tasks() > 0 {
            tokio::task::yield_now().await;
        }
        body.len()
    }

    /// That the cache serves the second of two requests, and that it serves what the handler gave.
    pub async fn check(&self, cached: bool) {
        self.call(request(KEPT)).await;
        let before = self.runs();
        let Ok(response) = self.app.clone().oneshot(request(KEPT)).await;
        assert_eq!(response.headers().get(ETAG).map(HeaderValue::as_bytes), Some(TAG.as_bytes()), "{}", self.name);
        let body = response.into_body().collect().await.expect("a body in memory").to_bytes();
        assert_eq!(body, *POSTS, "{} serves another body", self.name);
        assert_eq!(self.runs() == before, cached, "whether {} served the second request from its cache", self.name);
    }
}

/// Nothing, larder, and the peers, in this order.
pub fn all() -> Vec<Contender> {
    vec![
        Contender::new("no cache", |app| app),
        Contender::new("larder", |app| larder(app, ENTRIES)),
        Contender::new("http-cache-tower-server", peers::http_cache),
        Contender::new("tower-http-cache", peers::tower_http_cache),
        Contender::new("hitbox-tower", peers::hitbox),
    ]
}

pub fn request(uri: &str) -> Request<Body> {
    Request::get(uri).body(Body::empty()).expect("a valid address")
}

/// larder with as many entries as it keeps unless told otherwise: few enough to stay near the processor.
pub fn by_default() -> Contender {
    Contender::new("larder, 500 entries", |app| larder(app, 500))
}

/// The app under larder's cache of so many entries in memory.
pub fn larder(app: Router, entries: usize) -> Router {
    let ram = larder::Ram::builder().threshold(entries);
    let cache = larder::Cache::builder().handler("ram", ram).build().expect("a valid configuration");
    app.layer(ResponseCache::builder().cache(cache).handler("ram").namespace("bench").duration(SECONDS).build())
}

pub fn routes(runs: &Arc<AtomicU64>) -> Router {
    let (kept, not_kept) = (runs.clone(), runs.clone());
    let kept = move || {
        kept.fetch_add(1, Relaxed);
        async { posts() }
    };
    let not_kept = move || {
        not_kept.fetch_add(1, Relaxed);
        async { ([(CACHE_CONTROL, "no-store")], posts()) }
    };
    Router::new().route(KEPT, get(kept)).route(NOT_KEPT, get(not_kept))
}

fn posts() -> Response {
    ([(CONTENT_TYPE, "application/json"), (ETAG, TAG)], POSTS.clone()).into_response()
}
