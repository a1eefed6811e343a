//! `Cache-Status`: what the cache did with a request (RFC 9211).

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

pub(crate) const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");

/// What the cache did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Did {
    /// Answered from what is stored. For how many seconds that is fresh yet; `None` without a limit.
    Hit(Option<u64>),
    /// Answered with what another request for the same was given.
    Collapsed(Forward),
    /// Passed the request on, and stores the response.
    Stored(Forward, StatusCode),
    /// Passed the request on, and does not store the response, for this reason.
    Passed(Forward, StatusCode, Option<&'static str>),
    /// Refused, since nothing is stored and the client wants nothing else.
    Refused,
}

/// Why a request was passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Forward {
    /// The cache was not to be used.
    Bypass,
    /// The request's method.
    Method,
    /// Nothing was stored for this target.
    UriMiss,
    /// Something was, but not for such headers.
    VaryMiss,
}

impl Forward {
    const fn text(self) -> &'static str {
        match self {
            Self::Bypass => "bypass",
            Self::Method => "method",
            Self::UriMiss => "uri-miss",
            Self::VaryMiss => "vary-miss",
        }
    }
}

impl Did {
    fn describe(self, name: &str) -> String {
        match self {
            // Every hit pays for this one: made by hand it is one allocation.
            Self::Hit(Some(ttl)) => [name, "; hit; ttl=", itoa::Buffer::new().format(ttl)].concat(),
            Self::Hit(None) => [name, "; hit"].concat(),
            Self::Collapsed(forward) => [name, "; fwd=", forward.text(), "; collapsed"].concat(),
            Self::Refused => [name, "; detail=only-if-cached"].concat(),
            Self::Stored(forward, status) => {
                [name, "; fwd=", forward.text(), "; fwd-status=", status.as_str(), "; stored"].concat()
            }
            Self::Passed(forward, status, detail) => {
                let (label, detail) = detail.map_or(("", ""), |detail| ("; detail=", detail));
                [name, "; fwd=", forward.text(), "; fwd-status=", status.as_str(), label, detail].concat()
            }
        }
    }

    /// Says so in `headers`, behind what caches further in said.
    pub(crate) fn say(self, name: &str, headers: &mut HeaderMap) {
        let Ok(value) = HeaderValue::try_from(self.describe(name)) else { return };
        match headers.get_mut(CACHE_STATUS) {
            // The place that a stored response keeps for it.
            Some(place) if place.is_empty() => *place = value,
            _ => drop(headers.append(CACHE_STATUS, value)),
        }
    }
}

/// Whether `name` can be a cache's name there: a token (RFC 8941, 3.3.4).
pub(crate) fn is_name(name: &str) -> bool {
    let rest = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:/".contains(&byte);
    name.bytes().all(rest) && name.bytes().next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'*')
}
