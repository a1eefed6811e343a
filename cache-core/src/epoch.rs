//! Epochs: random numbers in the store that make invalidation one write.
//!
//! A handler, a function and a tag each have one. An entry records the numbers that were read *before* its run; an
//! epoch that is missing or different makes the entry a miss. Replacing an epoch therefore invalidates everything that
//! records it, for every process on the store, in one round trip, and losing one to eviction only makes misses.

use std::borrow::Cow;

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

/// Whose epoch it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EpochName<'a>(Cow<'a, str>);

impl<'a> EpochName<'a> {
    /// Of everything that larder stored on this handler.
    pub const HANDLER: EpochName<'static> = EpochName(Cow::Borrowed("e:*"));
    /// Of clearing by pattern: a commit whose key a pattern could match checks that none was cleared since its look.
    pub const PATTERNS: EpochName<'static> = EpochName(Cow::Borrowed("e:?"));

    /// Of a tag.
    #[must_use]
    pub fn tag(tag: &str) -> EpochName<'static> {
        EpochName(Cow::Owned(format!("e:t:{tag}")))
    }

    /// The tag that this is the epoch of, if it is one's.
    #[must_use]
    pub fn as_tag(&self) -> Option<&str> {
        self.0.strip_prefix("e:t:")
    }

    /// Of the function `name`.
    #[must_use]
    pub fn function(name: &str) -> EpochName<'static> {
        EpochName(Cow::Owned(format!("e:f:{name}")))
    }

    /// Of the responses of the namespace `name`.
    #[must_use]
    pub fn responses(name: &str) -> EpochName<'static> {
        EpochName(Cow::Owned(format!("e:h:{name}")))
    }

    /// Its slot on a store, without the handler's prefix.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The same name, borrowed.
    #[must_use]
    pub fn borrowed(&'a self) -> EpochName<'a> {
        EpochName(Cow::Borrowed(&self.0))
    }

    /// The same name, with nothing borrowed.
    #[must_use]
    pub fn into_owned(self) -> EpochName<'static> {
        EpochName(Cow::Owned(self.0.into_owned()))
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
