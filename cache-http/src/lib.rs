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
//!   `X-HTTP-Method-Override` and its like, a key (its target, and what else counts) of more than 2 KiB.
//! - The response: `Cache-Control` with `no-store`, `private` or `no-cache`, `Set-Cookie`, `Vary: *`, `Content-Range`,
//!   `text/event-stream`, trailers, a body that is longer than `max_body`, breaks off, or is not of its `Content-Length`.
//!
//! A `HEAD` is answered from what a `GET` stored, or else passed on. A request for a part of what is stored gets all of it.
//! A client that has what is stored already (`If-None-Match`, `If-Modified-Since`) gets 304.
//!
//! # Who waits for whom
//!
//! Concurrent requests for one response share one run of the handler; it goes on when the client that began it leaves and
//! others wait. Responses that turn out not to be stored are shared with nobody: whoever waited runs the handler, and for two
//! minutes (five seconds after a status that is not stored) nobody waits for that key. The same holds when somebody waited
//! for as long as [`lock_timeout`](ResponseCacheBuilder::lock_timeout). A body whose length is known and which is there is
//! stored at once; any other is recorded while its client reads it, so nothing is delayed and nothing read ahead, but those who
//! wait for it depend on how fast that client is.
//!
//! # What makes responses stale
//!
//! [`ResponseCache::invalidate`], [`invalidate_matching`](ResponseCache::invalidate_matching),
//! [`clear`](ResponseCache::clear), the tags of the layer; and requests of any other method than `GET`, `HEAD`, `OPTIONS` and
//! `TRACE` that go *through this layer* and succeed: what is stored of their path, and of a `Location` on the same host, is
//! dropped before their answer is given. (In `get(show).layer(cache).post(change)` the layer does not see the `POST`; in
//! `get(show).post(change).layer(cache)` it does.) A handler that is under way does not bring back what was before. Paths are
//! compared as clients send them: `/a%62` is another one than `/ab`.
//!
//! # For how long
//!
//! `s-maxage` of the response, else the layer's [`duration`](ResponseCacheBuilder::duration), else `max-age`, else
//! `Expires`, else the handler's `default_expire`. `Age`, `Date` and the time that the handler took are taken off what the
//! response says.
//!
//! # What a handler sees
//!
//! A stored response is given to every request of an equal key, so it must depend on nothing else. What a layer was told
//! to leave out of the key (query parameters, cookies, languages that are not its own) is therefore taken out of `GET` and
//! `HEAD` requests before the handler sees them. What remains is yours: a handler that reads another header has to say so by
//! `Vary`, or the layer by [`headers`](ResponseCacheBuilder::headers); one that reads `Host` needs
//! [`hostname(true)`](ResponseCacheBuilder::hostname); one that reads an extension which differs between clients (a user
//! that a layer further out put there, an address) must not be cached, or say `private`. Of parameters in another order the
//! handler sees those of whoever asked first. And what a handler says of one request only (`x-request-id`) goes to everyone:
//! layers that add such headers go outside.
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
mod finish;
mod flight;
mod future;
mod invalidation;
mod key;
mod language;
mod layer;
mod lookup;
mod pending;
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
