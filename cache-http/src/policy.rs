//! Whether a response may be stored, and for how long (RFC 9111, 3 and 4.2).

use std::time::{Duration, UNIX_EPOCH};

use cache_core::Ttl;
use http::header::{
    AGE, CONNECTION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, DATE, EXPIRES, HeaderName, SET_COOKIE, UPGRADE,
};
use http::response::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::control::{Directives, seconds, split};
use crate::unstored;

/// What the layer says of responses.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) statuses: Vec<StatusCode>,
    /// `Ttl::Default`: what the response says, or else the handler's default.
    pub(crate) duration: Ttl,
    /// In bytes.
    pub(crate) max_body: usize,
}

/// Why a response is not stored, as `Cache-Status` says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unstorable(pub(crate) &'static str);

impl Unstorable {
    /// For how long nobody waits for such a response, in milliseconds; none if it says nothing of others.
    pub(crate) fn remembered(self, status: StatusCode) -> Option<u64> {
        match self.0 {
            "status" if status == StatusCode::NOT_MODIFIED || status == StatusCode::PARTIAL_CONTENT => None,
            "status" => Some(unstored::STATUS),
            _ => Some(unstored::POLICY),
        }
    }
}

/// How a response came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arrival {
    /// When, in milliseconds by the machine's date.
    pub(crate) at: u64,
    /// How old it was, in milliseconds.
    pub(crate) age: u64,
}

impl Arrival {
    /// A response that was asked for and answered then. Its age is the larger one of what its `Date` comes to, and of what
    /// it says plus the time it was under way (RFC 9111, 4.2.3).
    pub(crate) fn of(headers: &HeaderMap, asked: u64, answered: u64) -> Self {
        let dated = headers.get(DATE).and_then(date).and_then(|date| date.duration_since(UNIX_EPOCH).ok());
        // A date has whole seconds; what is not a second old is not known to be old.
        let by_date = dated.map_or(0, |date| (answered / 1_000).saturating_sub(date.as_secs()).saturating_mul(1_000));
        let said =
            headers.get(AGE).and_then(|age| seconds(age.as_bytes().split(|byte| *byte == b',').next()?.trim_ascii()));
        let under_way = answered.saturating_sub(asked);
        let by_age = said.map_or(0, |age| age.saturating_mul(1_000)).saturating_add(under_way);
        Self { at: answered, age: by_date.max(by_age) }
    }
}

impl Policy {
    /// Whether the response with this head may be stored, and what it says of that. `length`: of its body at least.
    pub(crate) fn judge(&self, head: &Parts, authorized: bool, length: u64) -> Result<Directives, Unstorable> {
        let headers = &head.headers;
        if !self.statuses.contains(&head.status) {
            return Err(Unstorable("status"));
        }
        let control = Directives::of(headers);
        let longest = length.max(declared_length(headers).unwrap_or(0));
        Err(Unstorable(match () {
            () if control.no_store => "no-store",
            () if control.private => "private",
            () if control.no_cache => "no-cache",
            () if headers.contains_key(SET_COOKIE) => "set-cookie",
            () if headers.contains_key(CONTENT_RANGE) => "content-range",
            () if headers.contains_key(UPGRADE) => "upgrade",
            () if is_event_stream(headers) => "event-stream",
            () if authorized && !(control.public || control.must_revalidate || control.s_maxage.is_some()) => {
                "authorization"
            }
            () if longest > self.max_body as u64 => "too-large",
            () => return Ok(control),
        }))
    }

    /// For how long a response is fresh that came so; `None` if it is not.
    pub(crate) fn fresh(&self, headers: &HeaderMap, control: Directives, arrival: Arrival) -> Option<Ttl> {
        // A layer that was told to store nothing does not.
        if self.duration == Ttl::For(Duration::ZERO) {
            return None;
        }
        let left = |lifetime: u64| {
            let left = lifetime.saturating_mul(1_000).checked_sub(arrival.age).filter(|left| *left > 0)?;
            Some(Ttl::For(Duration::from_millis(left)))
        };
        match (control.s_maxage, self.duration, control.max_age) {
            (Some(lifetime), _, _) | (None, Ttl::Default, Some(lifetime)) => left(lifetime),
            (None, Ttl::Default, None) if headers.contains_key(EXPIRES) => {
                left(lifetime_until_expires(headers, arrival)?)
            }
            (None, duration, _) => Some(duration),
        }
    }
}

/// Seconds from `Date`, or else from its arrival, to `Expires`; `None` if that is no date: then it is expired (RFC
/// 9111, 5.3).
fn lifetime_until_expires(headers: &HeaderMap, arrival: Arrival) -> Option<u64> {
    let mut lines = headers.get_all(EXPIRES).iter();
    let expires = date(lines.next()?)?;
    if lines.next().is_some() {
        return None;
    }
    let came = || UNIX_EPOCH.checked_add(Duration::from_millis(arrival.at));
    let from = headers.get(DATE).and_then(date).or_else(came)?;
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
    let mut kept = HeaderMap::try_with_capacity(headers.len() + 3).unwrap_or_default();
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
