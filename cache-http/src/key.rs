//! What tells one response from another.

use axum::extract::OriginalUri;
use cache_core::key::Recorder;
use http::header::{ACCEPT_LANGUAGE, HOST};
use http::request::Parts;
use http::uri::Authority;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Request, Uri};

use crate::cookies::Cookies;
use crate::language::negotiate;
use crate::query::QueryParams;

/// A request whose key has more bytes is passed on: keys are kept, and clients choose what is in them.
pub(crate) const LONGEST_KEY: usize = 2_048;

/// What the key is made of, beside the path.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeyRules {
    pub(crate) query: QueryParams,
    /// Empty: the language counts for nothing.
    pub(crate) languages: Vec<String>,
    pub(crate) hostname: bool,
    pub(crate) headers: Vec<HeaderName>,
    pub(crate) cookies: Cookies,
}

/// The target as the client sent it. A nested router takes its prefix off the other one, and two of them would share
/// their keys.
pub(crate) fn original<'r>(uri: &'r Uri, extensions: &'r Extensions) -> &'r Uri {
    extensions.get::<OriginalUri>().map_or(uri, |original| &original.0)
}

impl KeyRules {
    /// The key of a request, with credentials or without; `None` if it is too long.
    ///
    /// Whatever a response may depend on is in it, or is taken out of the request by [`KeyRules::hide`].
    pub(crate) fn key<A>(&self, request: &Request<A>, authorized: bool) -> Option<Recorder> {
        let (uri, headers) = (original(request.uri(), request.extensions()), request.headers());
        // What is longer is not even recorded.
        if uri.path_and_query().is_some_and(|target| target.as_str().len() > LONGEST_KEY) {
            return None;
        }
        let mut key = Recorder::new();
        key.part(|target| self.query.record(uri, target));
        // A nested router, or whoever rewrites targets, shows another one to the handler.
        key.part(|target| {
            if uri != request.uri() {
                self.query.record(request.uri(), target);
            }
        });
        // Who asks with credentials shares only with others who do, and then what may be shared at all.
        key.fixed([u8::from(authorized), u8::from(self.hostname)]);
        if self.hostname {
            host(request.uri().authority().or_else(|| uri.authority()), headers, &mut key);
        }
        let language = negotiate(headers, &self.languages).unwrap_or_default();
        key.framed(language.as_bytes());
        key.length(self.headers.len());
        for name in &self.headers {
            key.framed(name.as_ref());
            record(headers, name, &mut key);
        }
        let cookies = self.cookies.counted(headers);
        key.length(cookies.len());
        for cookie in cookies {
            key.framed(cookie);
        }
        (key.bytes().len() <= LONGEST_KEY).then_some(key)
    }

    /// Takes out of a request what its key does not contain, so that no response depends on it.
    pub(crate) fn hide(&self, parts: &mut Parts) {
        let original = parts.extensions.get::<OriginalUri>().and_then(|original| self.query.hide(&original.0));
        if let Some(hidden) = original {
            parts.extensions.insert(OriginalUri(hidden));
        }
        if let Some(hidden) = self.query.hide(&parts.uri) {
            parts.uri = hidden;
        }
        self.cookies.hide(&mut parts.headers);
        let language = negotiate(&parts.headers, &self.languages);
        if let Some(value) = language.and_then(|language| HeaderValue::from_str(language).ok()) {
            parts.headers.insert(ACCEPT_LANGUAGE, value);
        }
    }

    /// Whether responses that differ by this header have different keys already.
    pub(crate) fn covers(&self, name: &HeaderName) -> bool {
        self.headers.contains(name)
            || (*name == ACCEPT_LANGUAGE && !self.languages.is_empty())
            || *name == http::header::COOKIE
    }

    /// The headers of requests that responses differ by because of this layer, to be told to caches further out.
    pub(crate) fn varying(&self) -> Vec<HeaderName> {
        let language = (!self.languages.is_empty()).then_some(ACCEPT_LANGUAGE);
        let cookies = matches!(self.cookies, Cookies::Key(_)).then_some(http::header::COOKIE);
        self.headers.iter().cloned().chain(language).chain(cookies).collect()
    }
}

/// Both what the target says of the host and what the header does: handlers may read either.
fn host(authority: Option<&Authority>, headers: &HeaderMap, key: &mut Recorder) {
    key.framed(authority.map_or("", Authority::as_str).to_ascii_lowercase().as_bytes());
    let values = headers.get_all(HOST);
    key.length(values.iter().count());
    for value in values {
        key.framed(&value.as_bytes().to_ascii_lowercase());
    }
}

/// All values of a header: that there is none is another thing than an empty one.
pub(crate) fn record(headers: &HeaderMap, name: &HeaderName, key: &mut Recorder) {
    let values = headers.get_all(name);
    key.length(values.iter().count());
    for value in values {
        key.framed(value.as_bytes());
    }
}
