//! What a request asks of the cache.

use cache_core::key::Recorder;
use http::{HeaderMap, Method, Request};

use crate::control::Directives;
use crate::cookies::Cookies;
use crate::key::KeyRules;

/// What is to be done with a request.
#[derive(Debug)]
pub(crate) enum Asked {
    /// It is answered from the cache, or else as [`Miss`] says.
    Lookup(Recorder, Miss),
    /// It is refused: the client wants only what is stored, and gets nothing of that.
    Refuse,
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

impl Asked {
    /// What a request asks for. `has_body`: whether it has one, whatever its headers say.
    pub(crate) fn of<A>(request: &Request<A>, has_body: bool, rules: &KeyRules) -> Self {
        let is_head = match *request.method() {
            Method::GET => false,
            Method::HEAD => true,
            Method::OPTIONS | Method::TRACE => return Self::OtherMethod,
            _ => return Self::Unsafe,
        };
        let said = Summary::of(request.headers(), &rules.cookies);
        let control = if said.control { Directives::of(request.headers()) } else { Directives::default() };
        if let Some(reason) = said.bypass.or(has_body.then_some("request-body")) {
            return if control.only_if_cached { Self::Refuse } else { Self::Bypass(reason) };
        }
        if control.no_store {
            return Self::Bypass("no-store");
        }
        let miss = match () {
            () if control.only_if_cached => Miss::Refuse,
            () if is_head || said.range => Miss::Pass,
            () => Miss::Store,
        };
        rules.key(request, said.authorized).map_or(Self::Bypass("long-key"), |key| Self::Lookup(key, miss))
    }
}

/// What the headers of a `GET` or `HEAD` say. They are gone through once: every hit pays for it.
#[derive(Clone, Copy, Debug, Default)]
struct Summary {
    /// Why it does not touch the cache.
    bypass: Option<&'static str>,
    control: bool,
    range: bool,
    authorized: bool,
}

impl Summary {
    fn of(headers: &HeaderMap, cookies: &Cookies) -> Self {
        let mut said = Self::default();
        for (name, value) in headers {
            let reason = match name.as_str() {
                "transfer-encoding" => "request-body",
                "content-length" if value != "0" => "request-body",
                "upgrade" => "upgrade",
                // Whether these hold is the origin's to say.
                "if-match" | "if-unmodified-since" => "precondition",
                // By these some frameworks let a request pretend to be another one.
                "x-http-method-override"
                | "x-http-method"
                | "x-method-override"
                | "x-original-url"
                | "x-rewrite-url" => "method-override",
                "cookie" if *cookies == Cookies::Bypass => "cookie",
                other => {
                    said.control |= other == "cache-control";
                    said.range |= other == "range";
                    said.authorized |= other == "authorization";
                    continue;
                }
            };
            said.bypass = Some(reason);
        }
        said
    }
}
