//! Epochs: random numbers in the store that make invalidation one write.
//!
//! A handler, a function and a tag each have one. An entry records the numbers that were read *before* its run; an
//! epoch that is missing or different makes the entry a miss. Replacing an epoch therefore invalidates everything that
//! records it, for every process on the store, in one round trip, and losing one to eviction only makes misses.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use smallvec::SmallVec;

/// The number of an epoch.
///
/// ```
/// use cache_core::Epoch;
///
/// let epoch = Epoch::random();
/// assert_eq!(Epoch::from_bytes(&epoch.to_bytes()), Some(epoch));
/// assert_eq!(Epoch::from_bytes(b"short"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Epoch(pub(crate) u128);

impl Epoch {
    /// A number that no other epoch has, nor had.
    #[must_use]
    pub fn random() -> Self {
        Self(u128::from_le_bytes(random_bytes()))
    }

    /// The number as a store keeps it.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.to_le_bytes()
    }

    /// What a store kept; `None` when these bytes are no epoch.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(u128::from_le_bytes(bytes.try_into().ok()?)))
    }
}

/// Whose epoch it is. A clone is cheap: every entry that depends on a tag has its name.
#[derive(Clone)]
pub struct EpochName<'a>(Name<'a>);

#[derive(Clone)]
enum Name<'a> {
    Borrowed(&'a str),
    Shared(Arc<str>),
}

impl PartialEq for EpochName<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for EpochName<'_> {}

impl Hash for EpochName<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text().hash(state);
    }
}

impl fmt::Debug for EpochName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EpochName").field(&self.text()).finish()
    }
}

impl<'a> EpochName<'a> {
    /// Of everything that larder stored on this handler.
    pub const HANDLER: EpochName<'static> = EpochName(Name::Borrowed("e:*"));
    /// Of clearing by pattern: a commit whose key a pattern could match checks that none was cleared since its look.
    pub const PATTERNS: EpochName<'static> = EpochName(Name::Borrowed("e:?"));

    /// Of a tag.
    #[must_use]
    pub fn tag(tag: &str) -> EpochName<'static> {
        Self::tag_of(&[tag])
    }

    /// Of the tag that these parts are together.
    #[must_use]
    pub fn tag_of(parts: &[&str]) -> EpochName<'static> {
        let mut name = SmallVec::<[u8; 128]>::from_slice(b"e:t:");
        for part in parts {
            name.extend_from_slice(part.as_bytes());
        }
        EpochName(Name::Shared(String::from_utf8_lossy(&name).into()))
    }

    /// The tag that this is the epoch of, if it is one's.
    #[must_use]
    pub fn as_tag(&self) -> Option<&str> {
        self.text().strip_prefix("e:t:")
    }

    /// Of the function `name`.
    #[must_use]
    pub fn function(name: &str) -> EpochName<'static> {
        EpochName(Name::Shared(format!("e:f:{name}").into()))
    }

    /// Of the responses of the namespace `name`.
    #[must_use]
    pub fn responses(name: &str) -> EpochName<'static> {
        EpochName(Name::Shared(format!("e:h:{name}").into()))
    }

    /// Its slot on a store, without the handler's prefix.
    #[must_use]
    pub fn text(&self) -> &str {
        match &self.0 {
            Name::Borrowed(text) => text,
            Name::Shared(text) => text,
        }
    }

    /// The same name, borrowed.
    #[must_use]
    pub fn borrowed(&'a self) -> EpochName<'a> {
        EpochName(Name::Borrowed(self.text()))
    }

    /// The same name, with nothing borrowed.
    #[must_use]
    pub fn into_owned(self) -> EpochName<'static> {
        match self.0 {
            Name::Borrowed(text) => EpochName(Name::Shared(text.into())),
            Name::Shared(text) => EpochName(Name::Shared(text)),
        }
    }
}

/// Sixteen random bytes of the operating system. Where it has none (no such system is known), a counter under a
/// per-process random hash: still different from every other number of this process.
fn random_bytes() -> [u8; 16] {
    let mut bytes = [0; 16];
    if getrandom::fill(&mut bytes).is_err() {
        use std::hash::{BuildHasher, RandomState};
        use std::sync::atomic::{AtomicU64, Ordering};
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        let count = COUNTER.fetch_add(1, Ordering::Relaxed);
        let state = RandomState::new();
        bytes[..8].copy_from_slice(&state.hash_one(count).to_le_bytes());
        bytes[8..].copy_from_slice(&state.hash_one(!count).to_le_bytes());
    }
    bytes
}
