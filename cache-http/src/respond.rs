//! The answers that a client gets.

use bytes::Bytes;
use http::header::{AGE, HeaderName, VARY};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body::Body;

use crate::body::ResponseBody;
use crate::conditional::{Conditions, not_modified};
use crate::control::split;
use crate::entry::{Kept, number};
use crate::status::Did;

/// What every answer of a layer carries.
#[derive(Clone, Debug)]
pub(crate) struct Signature {
    /// The cache's name in `Cache-Status`.
    pub(crate) name: String,
    /// The headers of requests that responses differ by because of this layer.
    pub(crate) varying: Vec<HeaderName>,
}

impl Signature {
    /// Says in `headers` what was done, and what other caches have to tell apart.
    pub(crate) fn sign(&self, did: Did, headers: &mut HeaderMap) {
        did.say(&self.name, headers);
        for name in &self.varying {
            let listed = |line: &HeaderValue| {
                let mut elements = split(line.as_bytes());
                elements.any(|element| element == b"*" || element.eq_ignore_ascii_case(name.as_ref()))
            };
            if !headers.get_all(VARY).iter().any(listed) {
                headers.append(VARY, HeaderValue::from_name(name.clone()));
            }
        }
    }
}

/// What of a request its answer depends on.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) head: bool,
    pub(crate) conditions: Conditions,
}

impl Wanted {
    pub(crate) fn of<A>(request: &Request<A>) -> Self {
        Self { head: request.method() == Method::HEAD, conditions: Conditions::of(request.headers()) }
    }
}

/// The answer that is stored, as it is at `now`.
pub(crate) fn stored<B: Body>(
    kept: &Kept,
    wanted: &Wanted,
    now: u64,
    did: Did,
    signature: &Signature,
) -> Response<ResponseBody<B>> {
    let (status, mut headers, body) = if kept.status == StatusCode::OK && wanted.conditions.hold(&kept.headers) {
        (StatusCode::NOT_MODIFIED, not_modified(&kept.headers), Bytes::new())
    } else {
        (kept.status, kept.headers.clone(), if wanted.head { Bytes::new() } else { kept.body.clone() })
    };
    headers.insert(AGE, number(kept.times.age(now)));
    signature.sign(did, &mut headers);
    let mut response = Response::new(ResponseBody::whole(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// The answer to a client that wants nothing but what is stored, where nothing is.
pub(crate) fn refused<B: Body>(signature: &Signature) -> Response<ResponseBody<B>> {
    let mut response = Response::new(ResponseBody::whole(Bytes::new()));
    *response.status_mut() = StatusCode::GATEWAY_TIMEOUT;
    signature.sign(Did::Refused, response.headers_mut());
    response
}
