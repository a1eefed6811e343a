//! `Vary`: by which headers of the request the responses of one key differ (RFC 9111, 4.1).

use std::hash::{DefaultHasher, Hash, Hasher};

use cache_core::key::Recorder;
use http::header::{HOST, VARY};
use http::uri::Authority;
use http::{Extensions, HeaderMap, HeaderName, Uri};

use crate::control::split;
use crate::entry::Varies;
use crate::key::{LONGEST_KEY, original, record};

/// More names than this are not told apart: the response is not stored.
const MOST_NAMES: usize = 16;

/// For how long at most a variant counts, in milliseconds. Requests can have any number of values in their headers; for
/// that long, no more of them are stored than may be.
const COUNTED: u64 = 60 * 60 * 1_000;

/// What of a request its response can vary by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said<'r> {
    pub(crate) headers: &'r HeaderMap,
    /// The host that the target names; HTTP/2 has no `Host`.
    pub(crate) authority: Option<&'r Authority>,
}

impl<'r> Said<'r> {
    pub(crate) fn new(uri: &'r Uri, extensions: &'r Extensions, headers: &'r HeaderMap) -> Self {
        Self { headers, authority: uri.authority().or_else(|| original(uri, extensions).authority()) }
    }
}

/// The names that a response lists, sorted, without those that are `covered` by the key; `None` if it varies by what no
/// key can tell: `*`, or a name that is none.
pub(crate) fn names(response: &HeaderMap, covered: impl Fn(&HeaderName) -> bool) -> Option<Vec<HeaderName>> {
    let mut names = Vec::new();
    for line in response.get_all(VARY) {
        for element in split(line.as_bytes()) {
            if element == b"*" {
                return None;
            }
            names.push(HeaderName::from_bytes(element).ok()?);
        }
    }
    names.retain(|name| !covered(name));
    sort(&mut names);
    (names.len() <= MOST_NAMES).then_some(names)
}

fn sort(names: &mut Vec<HeaderName>) {
    names.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    names.dedup();
}

impl Varies {
    /// The first of its kind.
    pub(crate) const fn by(names: Vec<HeaderName>) -> Self {
        Self { names, until: 0, variants: Vec::new() }
    }

    /// One that tells apart what this one does, and whatever differs by `names`; none if those are too many.
    pub(crate) fn and(&self, names: Vec<HeaderName>) -> Option<Self> {
        let mut all: Vec<HeaderName> = self.names.iter().cloned().chain(names).collect();
        sort(&mut all);
        if all == self.names {
            return Some(self.clone());
        }
        (all.len() <= MOST_NAMES).then(|| Self::by(all))
    }

    /// The key of the response for a request that says this, where `key` is that of all of them; none if it is too long.
    pub(crate) fn key(&self, key: &Recorder, said: Said<'_>) -> Option<Recorder> {
        let mut variant = key.clone();
        for name in &self.names {
            variant.framed(name.as_ref());
            if *name == HOST {
                variant.framed(said.authority.map_or("", Authority::as_str).as_bytes());
            }
            record(said.headers, name, &mut variant);
            if variant.bytes().len() > LONGEST_KEY {
                return None;
            }
        }
        Some(variant)
    }

    /// Takes in the variants that `other` knows of, if it tells apart the same.
    pub(crate) fn take_in(&mut self, other: &Self) {
        if self.names == other.names {
            self.until = self.until.max(other.until);
            let unknown = |(digest, _): &&(u64, u64)| !self.variants.iter().any(|(known, _)| known == digest);
            let unknown: Vec<_> = other.variants.iter().filter(unknown).copied().collect();
            self.variants.extend(unknown);
        }
    }

    /// Whether there is room for the response of the key `variant` among `most`.
    pub(crate) fn has_room(&self, variant: &Recorder, now: u64, most: usize) -> bool {
        self.clone().admit(variant, now, now, most)
    }

    /// Counts the response of the key `variant`, which is stored until then; whether there is room for it among `most`.
    pub(crate) fn admit(&mut self, variant: &Recorder, stale_at: u64, now: u64, most: usize) -> bool {
        let digest = digest(variant);
        self.variants.retain(|(known, until)| *known != digest && now < *until);
        if self.variants.len() >= most {
            return false;
        }
        self.variants.push((digest, stale_at.min(now.saturating_add(COUNTED))));
        self.until = self.until.max(stale_at);
        true
    }
}

/// Counts variants, and decides about nothing else.
fn digest(variant: &Recorder) -> u64 {
    let mut hasher = DefaultHasher::new();
    variant.bytes().hash(&mut hasher);
    hasher.finish()
}
