//! Whole HTTP responses, kept in larder's handlers by a tower [`Layer`](tower_layer::Layer).
//!
//! ```
//! use std::time::Duration;
//!
//! use axum::{Router, routing::get};
//! use cache_http::ResponseCache;
//!
//! let pages = ResponseCache::builder().namespace("pages").duration(30).build();
//! let app: Router = Router::new().route("/posts", get(async || "all posts")).layer(pages.clone());
//! # let _ = app;
//! # async fn example(pages: ResponseCache) -> Result<(), cache_core::Error> {
//! pages.invalidate("/posts").await?; // every stored response of that path
//! # Ok(()) }
//! ```
//!
//! On a nested [`axum::Router`] it caches a whole module; on a service of anything on hyper 1, that service.
//!
//! # What is stored
//!
//! Complete answers to `GET` of status 200, unless one of these says otherwise. Each is a reason that `Cache-Status` names.
//!
//! - The request: `Authorization` (unless the response is `public`, has `s-maxage` or `must-revalidate`: RFC 9111,
//!   3.5), `Cookie` (see [`Cookies`]), a body, `Upgrade`, `Range`, `If-Match`, `If-Unmodified-Since`, `Cache-Control: no-store`,
//!   `X-HTTP-Method-Override` and its like, a target of more than 2 KiB.
//! - The response: `Cache-Control` with `no-store`, `private` or `no-cache`, `Set-Cookie`, `Vary: *`, `Content-Range`,
//!   `text/event-stream`, trailers, a body that is longer than `max_body`, breaks off, or is not of its `Content-Length`.
//!
//! # For how long
//!
//! `s-maxage` of the response, else the layer's [`duration`](ResponseCacheBuilder::duration), else `max-age`, else
//! `Expires`, else the handler's `default_expire`.
//!
//! # What a handler sees
//!
//! A stored response is given to every request of an equal key, so it must depend on nothing else. What a layer was told
//! to leave out of the key (query parameters, cookies, languages that are not its own) is therefore taken out of `GET` and
//! `HEAD` requests before the handler sees them. What remains is yours: a handler that reads another header has to say so by
//! `Vary`, or the layer by [`headers`](ResponseCacheBuilder::headers); one that reads `Host` needs
//! [`hostname(true)`](ResponseCacheBuilder::hostname).
//!
//! Layers that decide who may see a page go *outside* of this one, as those that compress do: a hit does not reach what
//! is inside.

mod body;
mod builder;
mod conditional;
mod control;
mod cookies;
mod dates;
mod entry;
mod flight;
mod future;
mod invalidation;
mod key;
mod language;
mod layer;
mod policy;
mod query;
mod record;
mod request;
mod respond;
mod status;
mod unstored;
mod vary;

pub use body::ResponseBody;
pub use builder::ResponseCacheBuilder;
pub use cookies::Cookies;
pub use future::ResponseFuture;
pub use layer::{ResponseCache, ResponseCacheService};
pub use query::QueryParams;
