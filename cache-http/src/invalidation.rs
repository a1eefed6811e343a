//! Which stored responses a change makes stale: those of the same path, and of what the answer points to (RFC 9111, 4.4).

use std::sync::Arc;

use cache_core::EpochName;
use cache_core::keyspace::{Keyspace, Namespace};
use http::header::{CONTENT_LOCATION, HOST, LOCATION};
use http::request::Parts;
use http::{HeaderMap, StatusCode, Uri};

use crate::finish::finish;
use crate::key::original;

/// Paths fall into this many groups. A group is invalidated as a whole, so that a store has so many numbers to keep at
/// most, however many paths clients think of. A path shares its group with one in so many others.
const GROUPS: u64 = 1 << 14;

/// The tag of all responses of `path`.
pub(crate) fn tag(namespace: &str, path: &str) -> EpochName<'static> {
    let group = fnv(path.as_bytes()) % GROUPS;
    EpochName::tag_of(&["larder:http:", namespace, ":", itoa::Buffer::new().format(group)])
}

/// FNV-1a: the same in every process.
fn fnv(bytes: &[u8]) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325, step);
    // Its low bits alone are those of a poorer hash.
    hash ^ (hash >> 32)
}

/// A request that changes something, under way. Unless it was refused, what it made stale is dropped: also when its
/// client goes away or its handler fails without an answer, since nobody knows how far that came.
pub(crate) struct Change {
    keyspace: Option<Arc<Keyspace>>,
    paths: Vec<String>,
    host: Option<String>,
}

impl Change {
    pub(crate) fn of(request: &Parts, namespace: &Namespace) -> Self {
        let uri = original(&request.uri, &request.extensions);
        let authority = uri.authority().map(|authority| authority.as_str().to_owned());
        let header = || Some(request.headers.get(HOST)?.to_str().ok()?.to_owned());
        Self { keyspace: namespace.here(), paths: vec![uri.path().to_owned()], host: authority.or_else(header) }
    }

    /// The handler has answered with this head.
    pub(crate) fn answered(&mut self, status: StatusCode, response: &HeaderMap) {
        if !status.is_success() && !status.is_redirection() {
            self.keyspace = None;
        }
        let said = [LOCATION, CONTENT_LOCATION].into_iter().filter_map(|name| response.get(name)?.to_str().ok());
        let located: Vec<String> = said.filter_map(|reference| self.path_of(reference)).collect();
        self.paths.extend(located);
    }

    /// Drops what it made stale.
    pub(crate) async fn settle(mut self) {
        // From here on it is the store's to remember what was not done.
        if let Some(keyspace) = self.keyspace.take() {
            drop_paths(&keyspace, &self.paths).await;
        }
    }

    /// The path of a reference, if it is of this host; relative ones that do not begin with `/` are left alone.
    fn path_of(&self, reference: &str) -> Option<String> {
        let uri: Uri = reference.split('#').next()?.parse().ok()?;
        match (uri.authority(), &self.host) {
            (None, _) if reference.starts_with('/') => Some(uri.path().to_owned()),
            (Some(authority), Some(host)) if authority.as_str().eq_ignore_ascii_case(host) => {
                Some(uri.path().to_owned())
            }
            _ => None,
        }
    }
}

impl Drop for Change {
    fn drop(&mut self) {
        if let Some(keyspace) = self.keyspace.take() {
            let paths = std::mem::take(&mut self.paths);
            finish(async move { drop_paths(&keyspace, &paths).await });
        }
    }
}

async fn drop_paths(keyspace: &Keyspace, paths: &[String]) {
    let tags = paths.iter().map(|path| tag(keyspace.name(), path)).collect();
    let what = format!("invalidating `{}`", paths.join("`, `"));
    if let Err(error) = keyspace.invalidate_tags(what, tags).await {
        // It is done before the handler is read again, and the handler says itself that it fails.
        log::debug!("{error}");
    }
}
