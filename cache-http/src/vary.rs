//! `Vary`: by which headers of the request the responses of one key differ (RFC 9111, 4.1).

use std::hash::{DefaultHasher, Hash, Hasher};

use cache_core::Epoch;
use cache_core::key::Recorder;
use http::header::VARY;
use http::{HeaderMap, HeaderName};

use crate::control::split;
use crate::entry::Varies;

/// More names than this are not told apart: the response is not stored.
const MOST_NAMES: usize = 16;

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
    pub(crate) fn by(names: Vec<HeaderName>) -> Self {
        Self { names, nonce: u128::from_le_bytes(Epoch::random().to_bytes()), variants: Vec::new() }
    }

    /// Whether it tells apart whatever differs by `names`.
    pub(crate) fn covers(&self, names: &[HeaderName]) -> bool {
        names.iter().all(|name| self.names.contains(name))
    }

    /// One that tells apart what this one does, and whatever differs by `names`; none if those are too many.
    pub(crate) fn and(&self, names: &[HeaderName]) -> Option<Self> {
        let mut all: Vec<HeaderName> = self.names.iter().chain(names).cloned().collect();
        sort(&mut all);
        (all.len() <= MOST_NAMES).then(|| Self::by(all))
    }

    /// The key of the response for a request with these headers, where `key` is that of all of them.
    pub(crate) fn key(&self, key: &Recorder, request: &HeaderMap) -> Recorder {
        let mut variant = key.clone();
        variant.fixed(self.nonce.to_le_bytes());
        for name in &self.names {
            variant.framed(name.as_ref());
            let values = request.get_all(name);
            variant.length(values.iter().count());
            for value in values {
                variant.framed(value.as_bytes().trim_ascii());
            }
        }
        variant
    }

    /// This, with the response of the key `variant` among those there are; `None` if it is already.
    pub(crate) fn with(&self, variant: &Recorder) -> Option<Self> {
        let digest = digest(variant);
        if self.variants.contains(&digest) {
            return None;
        }
        let variants = self.variants.iter().copied().chain([digest]).collect();
        Some(Self { variants, ..self.clone() })
    }
}

/// Counts variants, and decides about nothing else.
fn digest(variant: &Recorder) -> u64 {
    let mut hasher = DefaultHasher::new();
    variant.bytes().hash(&mut hasher);
    hasher.finish()
}
