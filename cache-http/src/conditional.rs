//! Requests for a response that the client may have already (RFC 9110, 13).

use http::header::{
    CACHE_CONTROL, CONTENT_LOCATION, DATE, ETAG, EXPIRES, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE,
    LAST_MODIFIED, VARY,
};
use http::{HeaderMap, HeaderValue};

use crate::policy::date;

/// What of a request's headers says what the client has.
#[derive(Clone, Debug, Default)]
pub(crate) struct Conditions {
    none_match: Vec<HeaderValue>,
    modified_since: Option<HeaderValue>,
}

impl Conditions {
    pub(crate) fn of(request: &HeaderMap) -> Self {
        let modified_since = request.get(IF_MODIFIED_SINCE).cloned();
        Self { none_match: request.get_all(IF_NONE_MATCH).iter().cloned().collect(), modified_since }
    }

    /// Takes them out of a request whose response is to be complete.
    pub(crate) fn hide(request: &mut HeaderMap) {
        for name in [IF_NONE_MATCH, IF_MODIFIED_SINCE, IF_RANGE] {
            request.remove(name);
        }
    }

    /// Whether the client has the response with these headers. Tags are compared weakly; where there are any, dates say
    /// nothing.
    pub(crate) fn hold(&self, response: &HeaderMap) -> bool {
        if !self.none_match.is_empty() {
            return self.none_match.iter().any(|line| lists(line.as_bytes(), response.get(ETAG)));
        }
        let modified = response.get(LAST_MODIFIED).and_then(date);
        let since = self.modified_since.as_ref().and_then(date);
        matches!((modified, since), (Some(modified), Some(since)) if modified <= since)
    }
}

/// Whether a line of `If-None-Match` lists `tag`. `*` stands for whatever there is.
fn lists(line: &[u8], tag: Option<&HeaderValue>) -> bool {
    if line.trim_ascii() == b"*" {
        return true;
    }
    let Some(wanted) = tag.and_then(|tag| opaque(tag.as_bytes())) else { return false };
    let mut rest = line;
    loop {
        rest = rest.trim_ascii_start();
        if let Some(after) = rest.strip_prefix(b",") {
            rest = after;
            continue;
        }
        let Some(quoted) = rest.strip_prefix(b"W/").unwrap_or(rest).strip_prefix(b"\"") else { return false };
        let Some(end) = quoted.iter().position(|byte| *byte == b'"') else { return false };
        if quoted[..end] == *wanted {
            return true;
        }
        rest = &quoted[end + 1..];
    }
}

/// What stands between the quotes of an entity tag.
fn opaque(tag: &[u8]) -> Option<&[u8]> {
    let tag = tag.trim_ascii();
    let opaque = tag.strip_prefix(b"W/").unwrap_or(tag).strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    (!opaque.contains(&b'"')).then_some(opaque)
}

/// The headers of a 304 in place of a response with these (RFC 9110, 15.4.5).
pub(crate) fn not_modified(response: &HeaderMap) -> HeaderMap {
    const NAMES: [HeaderName; 6] = [CACHE_CONTROL, CONTENT_LOCATION, DATE, ETAG, EXPIRES, VARY];
    let mut headers = HeaderMap::new();
    let dated = (!response.contains_key(ETAG)).then_some(LAST_MODIFIED);
    for name in NAMES.into_iter().chain(dated) {
        for value in response.get_all(&name) {
            headers.append(name.clone(), value.clone());
        }
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_weakly_and_a_comma_may_stand_inside_of_one() {
        let tag = HeaderValue::from_static("\"v,1\"");
        for (line, listed) in [
            ("\"v,1\"", true),
            ("W/\"v,1\"", true),
            ("\"a\", W/\"v,1\"", true),
            (" , \"a\" ,\"b\"", false),
            ("*", true),
            ("v,1", false),
            ("\"v,1", false),
            ("w/\"v,1\"", false),
        ] {
            assert_eq!(lists(line.as_bytes(), Some(&tag)), listed, "{line}");
        }
        assert!(!lists(b"\"v\"", Some(&HeaderValue::from_static("v"))));
    }
}
