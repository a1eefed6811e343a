//! Whether a response may be stored, and for how long (RFC 9111, 3 and 4.2).

use std::time::Duration;

use cache_core::Ttl;
use http::header::{
    AGE, CONNECTION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, DATE, EXPIRES, HeaderName, SET_COOKIE, UPGRADE,
};
use http::response::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::control::{Directives, seconds, split};

/// What the layer says of responses.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) statuses: Vec<StatusCode>,
    /// `Ttl::Default`: what the response says, or else the handler's default.
    pub(crate) duration: Ttl,
    /// In bytes.
    pub(crate) max_body: usize,
}

/// For how long a response may be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fresh {
    pub(crate) ttl: Ttl,
    /// How old it was when it came, in milliseconds.
    pub(crate) age: u64,
}

impl Policy {
    /// For how long the response with this head may be stored, or why it may not. `length`: of its body at least.
    pub(crate) fn judge(&self, head: &Parts, authorized: bool, length: u64) -> Result<Fresh, &'static str> {
        let headers = &head.headers;
        if !self.statuses.contains(&head.status) {
            return Err("status");
        }
        let control = Directives::of(headers);
        match () {
            () if control.no_store => return Err("no-store"),
            () if control.private => return Err("private"),
            () if control.no_cache => return Err("no-cache"),
            () if headers.contains_key(SET_COOKIE) => return Err("set-cookie"),
            () if headers.contains_key(CONTENT_RANGE) => return Err("content-range"),
            () if headers.contains_key(UPGRADE) => return Err("upgrade"),
            () if is_event_stream(headers) => return Err("event-stream"),
            () if authorized && !(control.public || control.must_revalidate || control.s_maxage.is_some()) => {
                return Err("authorization");
            }
            () if length > self.max_body as u64 => return Err("too-large"),
            () => {}
        }
        if declared_length(headers).is_some_and(|declared| declared > self.max_body as u64) {
            return Err("too-large");
        }
        self.fresh(headers, &control).ok_or("expired")
    }

    /// For how long it is fresh; `None` if it is not.
    fn fresh(&self, headers: &HeaderMap, control: &Directives) -> Option<Fresh> {
        // A layer that was told to store nothing does not.
        if self.duration == Ttl::For(Duration::ZERO) {
            return None;
        }
        let age = headers.get(AGE).and_then(|age| seconds(age.as_bytes())).unwrap_or(0);
        let said = |lifetime: u64| lifetime.checked_sub(age).filter(|left| *left > 0).map(Ttl::from);
        let ttl = match (control.s_maxage, self.duration, control.max_age) {
            (Some(lifetime), _, _) | (None, Ttl::Default, Some(lifetime)) => said(lifetime)?,
            (None, Ttl::Default, None) if headers.contains_key(EXPIRES) => said(until_expires(headers)?)?,
            (None, duration, _) => duration,
        };
        Some(Fresh { ttl, age: age.saturating_mul(1_000) })
    }
}

/// Seconds from `Date` to `Expires`; `None` if one of them is no date: then it is expired (RFC 9111, 5.3).
fn until_expires(headers: &HeaderMap) -> Option<u64> {
    let mut lines = headers.get_all(EXPIRES).iter();
    let expires = date(lines.next()?)?;
    if lines.next().is_some() {
        return None;
    }
    let from = date(headers.get(DATE)?)?;
    Some(expires.duration_since(from).unwrap_or_default().as_secs())
}

/// A date of a header (RFC 9110, 5.6.7).
pub(crate) fn date(value: &HeaderValue) -> Option<std::time::SystemTime> {
    httpdate::parse_http_date(value.to_str().ok()?).ok()
}

fn is_event_stream(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|value| {
        let kind = value.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default();
        kind.trim_ascii().eq_ignore_ascii_case(b"text/event-stream")
    })
}

/// What `Content-Length` says; a value that is no number is longer than anything.
pub(crate) fn declared_length(headers: &HeaderMap) -> Option<u64> {
    let mut lengths = headers.get_all(CONTENT_LENGTH).iter();
    let first = lengths.next()?;
    let agree = lengths.all(|other| other == first);
    let digits = first.as_bytes();
    let number = if agree && !digits.starts_with(b"\"") { seconds(digits) } else { None };
    Some(number.unwrap_or(u64::MAX))
}

/// The headers of a response as they are stored: without those that belong to one connection (RFC 9111, 3.1), and without
/// its age, which is in its times and is said anew with each hit.
pub(crate) fn kept(headers: &HeaderMap) -> HeaderMap {
    // With room for what an entry adds.
    let mut kept = HeaderMap::with_capacity(headers.len() + 3);
    for (name, value) in headers.iter().filter(|(name, _)| !is_not_stored(name)) {
        kept.append(name.clone(), value.clone());
    }
    for line in headers.get_all(CONNECTION) {
        for name in split(line.as_bytes()).filter_map(|name| HeaderName::from_bytes(name).ok()) {
            kept.remove(name);
        }
    }
    kept
}

fn is_not_stored(name: &HeaderName) -> bool {
    matches!(
        name.as_str(),
        "age"
            | "connection"
            | "keep-alive"
            | "proxy-authenticate"
            | "proxy-authentication-info"
            | "proxy-connection"
            | "te"
            | "trailer"
            | "transfer-encoding"
            | "upgrade"
    )
}
