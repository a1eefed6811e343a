//! What a request asks of the cache.

use cache_core::key::Recorder;
use http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, HeaderName, IF_MATCH, IF_UNMODIFIED_SINCE, RANGE, TRANSFER_ENCODING, UPGRADE,
};
use http::request::Parts;
use http::{HeaderMap, Method};

use crate::control::Directives;
use crate::key::KeyRules;

/// What is to be done with a request.
#[derive(Debug)]
pub(crate) enum Asked {
    /// It is answered from the cache, or else as [`Miss`] says.
    Lookup(Recorder, Miss),
    /// It is passed on, for this reason.
    Bypass(&'static str),
    /// It is passed on: it neither asks for a response that may be stored nor changes anything.
    OtherMethod,
    /// It is passed on, and if it succeeds something has changed.
    Unsafe,
}

/// What is done with a request that the cache has no answer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Miss {
    /// The response is stored, and shared with those who ask for it meanwhile.
    Store,
    /// It is passed on as it is, for a response that is not stored: `HEAD`, whose response has no body to be stored
    /// (`get` and `head` may be two handlers), and `Range`.
    Pass,
    /// The client wants none: 504 (RFC 9111, 5.2.1.7).
    Refuse,
}

/// Headers by which some frameworks let a request pretend to be another one, so that a cache and a handler disagree.
const DISGUISES: [&str; 5] =
    ["x-http-method-override", "x-http-method", "x-method-override", "x-original-url", "x-rewrite-url"];

impl Asked {
    /// What a request asks for. `has_body`: whether it has one, whatever its headers say.
    pub(crate) fn of(parts: &Parts, has_body: bool, rules: &KeyRules) -> Self {
        match parts.method {
            Method::GET | Method::HEAD => {}
            Method::OPTIONS | Method::TRACE => return Self::OtherMethod,
            _ => return Self::Unsafe,
        }
        if let Some(reason) = bypass(&parts.headers, has_body, rules) {
            return Self::Bypass(reason);
        }
        let refuse = parts.headers.contains_key(CACHE_CONTROL) && Directives::of(&parts.headers).only_if_cached;
        let miss = match () {
            () if refuse => Miss::Refuse,
            () if parts.method == Method::HEAD || parts.headers.contains_key(RANGE) => Miss::Pass,
            () => Miss::Store,
        };
        rules.key(parts).map_or(Self::Bypass("long-target"), |key| Self::Lookup(key, miss))
    }
}

/// Why a `GET` or `HEAD` with these headers does not touch the cache.
fn bypass(headers: &HeaderMap, has_body: bool, rules: &KeyRules) -> Option<&'static str> {
    let has = |name: HeaderName| headers.contains_key(name);
    if has_body || has(TRANSFER_ENCODING) || headers.get_all(CONTENT_LENGTH).iter().any(|length| length != "0") {
        return Some("request-body");
    }
    if has(UPGRADE) {
        return Some("upgrade");
    }
    // Whether these hold is the origin's to say.
    if has(IF_MATCH) || has(IF_UNMODIFIED_SINCE) {
        return Some("precondition");
    }
    if DISGUISES.iter().any(|name| headers.contains_key(*name)) {
        return Some("method-override");
    }
    if rules.cookies.forbid(headers) {
        return Some("cookie");
    }
    (has(CACHE_CONTROL) && Directives::of(headers).no_store).then_some("no-store")
}
