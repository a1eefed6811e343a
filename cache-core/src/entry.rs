//! What a handler keeps under a key, in one of two forms.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use crate::epoch::{Epoch, EpochName};
use crate::weigh::Weigher;

/// A value of any cached type.
pub type Object = Arc<dyn Any + Send + Sync>;

/// Which form a handler keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The values themselves, in this process: nothing is serialized, no type needs serde.
    Objects,
    /// Frames of bytes, which other processes read too. Values must be `Serialize + DeserializeOwned`.
    Bytes,
}

/// What tells whether an entry is still to be given to anyone. Times are milliseconds on the clock of its form
/// ([`crate::Clock::now`] for objects, [`crate::Clock::wall`] for bytes); `u64::MAX` is never.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validity {
    /// When the run ended.
    pub created: u64,
    /// From this moment on it is expired.
    pub fresh_until: u64,
    /// Until when its slot is kept: as long as it is fresh, or longer where the slot has to remember an invalidation.
    pub kept_until: u64,
    /// The handler's and the function's epochs that were read before the run, as one number.
    pub epoch: u128,
    /// The tags it was stored with, and their epochs that were read before the run.
    pub tags: Vec<(EpochName<'static>, Epoch)>,
}

/// A value as a handler of objects keeps it.
#[derive(Clone)]
pub struct Entry {
    /// The value.
    pub value: Object,
    /// How it is weighed, where its type and its function are known to say so.
    pub weigher: Option<Weigher>,
    /// Whether it is still to be given to anyone.
    pub validity: Validity,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").field("validity", &self.validity).finish_non_exhaustive()
    }
}

/// What a slot of a store holds.
#[derive(Clone, Debug)]
pub enum Stored {
    /// On a handler of objects.
    Object(Arc<Entry>),
    /// On a handler of bytes, and for epochs on any handler.
    Bytes(Vec<u8>),
}

impl Stored {
    /// The bytes, or `None` for an object.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::Object(_) => None,
        }
    }

    /// The number of the epoch that a slot holds; `None` when it holds something else.
    #[must_use]
    pub fn epoch(&self) -> Option<Epoch> {
        Epoch::from_bytes(self.as_bytes()?)
    }
}

/// What a look saw in a slot, for a later write that is to happen only if the slot still holds it.
///
/// It is small: of bytes it keeps the length and the first 64, among which every frame has a number of its own, so
/// two writes never look alike.
#[derive(Clone, Debug, Default)]
pub struct Seen(What);

#[derive(Clone, Debug, Default)]
enum What {
    #[default]
    Nothing,
    Bytes {
        length: usize,
        /// On the heap: what a look found is handed on by many futures.
        head: Box<[u8]>,
    },
    Object(Arc<Entry>),
    Stamp(u64),
}

/// How much of a slot's beginning is compared.
const HEAD: usize = 64;

impl Seen {
    /// What is to be remembered of a slot that holds `stored`.
    #[must_use]
    pub fn of(stored: Option<&Stored>) -> Self {
        Self(match stored {
            None => What::Nothing,
            Some(Stored::Object(entry)) => What::Object(Arc::clone(entry)),
            Some(Stored::Bytes(bytes)) => What::Bytes { length: bytes.len(), head: beginning(bytes).into() },
        })
    }

    /// What is to be remembered of a slot that holds `length` bytes which begin with `head`.
    #[must_use]
    pub fn of_bytes(length: usize, head: &[u8]) -> Self {
        Self(What::Bytes { length, head: beginning(head).into() })
    }

    /// A number of a backend's own that stands for the state of a slot; compared by [`Seen::stamp_value`].
    #[must_use]
    pub const fn stamp(stamp: u64) -> Self {
        Self(What::Stamp(stamp))
    }

    /// The number given to [`Seen::stamp`].
    #[must_use]
    pub const fn stamp_value(&self) -> Option<u64> {
        match self.0 {
            What::Stamp(stamp) => Some(stamp),
            _ => None,
        }
    }

    /// Whether the slot was empty.
    #[must_use]
    pub const fn is_nothing(&self) -> bool {
        matches!(self.0, What::Nothing)
    }

    /// The length and the first bytes (up to 64) that were seen, for a store that compares by a script of its own.
    #[must_use]
    pub fn bytes(&self) -> Option<(usize, &[u8])> {
        match &self.0 {
            What::Bytes { length, head } => Some((*length, head)),
            _ => None,
        }
    }

    /// Whether a slot that holds `now` still holds what was seen.
    #[must_use]
    pub fn holds(&self, now: Option<&Stored>) -> bool {
        match (&self.0, now) {
            (What::Nothing, None) => true,
            (What::Bytes { length, head }, Some(Stored::Bytes(bytes))) => {
                *length == bytes.len() && **head == *beginning(bytes)
            }
            (What::Object(seen), Some(Stored::Object(entry))) => Arc::ptr_eq(seen, entry),
            _ => false,
        }
    }
}

/// What of `bytes` is compared.
fn beginning(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len().min(HEAD)]
}
