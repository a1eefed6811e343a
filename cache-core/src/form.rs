//! The two forms of a value: an object as it is, or a frame of bytes. [`Codec`] knows the type; everything else in the
//! flow does not.

use std::any::{Any, TypeId};
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cache::LONGEST_RUN;
use crate::entry::{Entry, Form, Object, Stored, Validity};
use crate::epoch::Epoch;
use crate::function::Value;
use crate::key::Key;
use crate::ttl::Life;
use crate::weigh::{Weigh, Weigher};

/// How values of one type are kept: the type, forgotten, behind functions that remember it.
#[derive(Clone, Copy, Debug)]
pub struct Codec {
    id: TypeId,
    type_name: fn() -> &'static str,
    copy: fn(&Object, &mut dyn Any) -> bool,
    weigher: Option<Weigher>,
    #[cfg(feature = "bytes")]
    bytes: Option<bytes::AsBytes>,
}

/// See [`Codec::copy`].
fn copy<V: Value>(value: &Object, room: &mut dyn Any) -> bool {
    let (Some(value), Some(room)) = (value.downcast_ref::<V>(), room.downcast_mut()) else { return false };
    *room = Some(V::clone(value));
    true
}

impl Codec {
    /// Objects only.
    #[must_use]
    pub const fn object<V: Value>() -> Self {
        Self {
            id: TypeId::of::<V>(),
            type_name: std::any::type_name::<V>,
            copy: copy::<V>,
            weigher: None,
            #[cfg(feature = "bytes")]
            bytes: None,
        }
    }

    /// Objects, and bytes where the feature `bytes` is on.
    #[must_use]
    pub const fn serde<V: Value + Serialize + DeserializeOwned>() -> Self {
        Self {
            id: TypeId::of::<V>(),
            type_name: std::any::type_name::<V>,
            copy: copy::<V>,
            weigher: None,
            #[cfg(feature = "bytes")]
            bytes: Some(bytes::AsBytes::of::<V>()),
        }
    }

    /// The same, of values that are weighed by their [`Weigh`].
    #[must_use]
    pub const fn weighed<V: Weigh + 'static>(mut self) -> Self {
        self.weigher = Some(Weigher::of::<V>());
        self
    }

    /// Whether a handler that keeps `form` can keep these values; if not, why and what to do.
    pub(crate) fn fits(&self, form: Form) -> Result<(), String> {
        match form {
            Form::Objects => Ok(()),
            #[cfg(feature = "bytes")]
            Form::Bytes if self.bytes.is_some() => Ok(()),
            Form::Bytes => Err(format!(
                "its result `{}` is not `serde::Serialize + serde::de::DeserializeOwned` (or larder's feature `bytes` \
                 is off): derive both, or use a handler that keeps objects, such as `ram`",
                (self.type_name)()
            )),
        }
    }

    /// Whether `value` is of this type.
    pub(crate) fn is_of(&self, value: &Object) -> bool {
        (**value).type_id() == self.id
    }

    /// Copies `value` into `room`, an `Option` of its type; false if one of them is of another type.
    pub(crate) fn copy(&self, value: &Object, room: &mut dyn Any) -> bool {
        (self.copy)(value, room)
    }

    /// `value` in the form that a handler keeps; as bytes with a number that no other write there has.
    pub(crate) fn freeze(
        &self,
        form: Form,
        key: &Key<'_>,
        value: &Object,
        validity: Validity,
        nonce: impl FnOnce() -> u64,
    ) -> Result<Stored, String> {
        match form {
            Form::Objects => Ok(Stored::Object(Arc::new(self.entry(Arc::clone(value), validity)))),
            #[cfg(feature = "bytes")]
            Form::Bytes => match &self.bytes {
                Some(bytes) => bytes.freeze(key, value, &validity, nonce()),
                None => Err(self.fits(form).err().unwrap_or_default()),
            },
            #[cfg(not(feature = "bytes"))]
            Form::Bytes => {
                let _ = (key, nonce);
                Err(self.fits(form).err().unwrap_or_default())
            }
        }
    }

    /// `value` as an object.
    pub(crate) const fn entry(&self, value: Object, validity: Validity) -> Entry {
        Entry { value, weigher: self.weigher, validity }
    }

    /// What `validity` a stored thing claims, and the way to its value; `None` if it is no entry of this type and key.
    pub(crate) fn thaw<'a>(&self, key: &Key<'_>, stored: &'a Stored) -> Option<Thawed<'a>> {
        match stored {
            Stored::Object(entry) if self.is_of(&entry.value) => Some(Thawed::Object(entry)),
            Stored::Object(_) => None,
            #[cfg(feature = "bytes")]
            Stored::Bytes(bytes) => self.reader()?.open(key, bytes).map(Thawed::Bytes),
            #[cfg(not(feature = "bytes"))]
            Stored::Bytes(_) => {
                let _ = key;
                None
            }
        }
    }

    /// What reads frames of this type, if there are any. Made first, so that to read one runs no code of the user's.
    #[cfg(feature = "bytes")]
    pub(crate) fn reader(&self) -> Option<bytes::Reader> {
        self.bytes.as_ref().map(bytes::AsBytes::reader)
    }
}

/// An entry that was read and whose value is not decoded yet: first comes the question whether it may be given.
pub(crate) enum Thawed<'a> {
    Object(&'a Entry),
    #[cfg(feature = "bytes")]
    Bytes(bytes::Opened<'a>),
}

impl Thawed<'_> {
    pub(crate) fn validity(&self) -> &Validity {
        match self {
            Self::Object(entry) => &entry.validity,
            #[cfg(feature = "bytes")]
            Self::Bytes(opened) => &opened.validity,
        }
    }

    /// The value; `None` when its bytes are not one.
    pub(crate) fn value(&self) -> Option<Object> {
        match self {
            Self::Object(entry) => Some(Arc::clone(&entry.value)),
            #[cfg(feature = "bytes")]
            Self::Bytes(opened) => opened.value(),
        }
    }
}

impl std::fmt::Debug for Thawed<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.validity().fmt(f)
    }
}

/// What tombstones begin with, so that a store can tell them from entries.
pub const TOMBSTONE: &[u8] = b"larder tombstone";

/// What takes the place of an entry that was invalidated: it is no entry, and no two are alike. It says until when
/// ([`crate::cache::Handler::time`]) the invalidation has to be remembered.
pub(crate) fn tombstone(until: u64) -> Stored {
    let mut bytes = TOMBSTONE.to_vec();
    bytes.extend_from_slice(&until.to_le_bytes());
    bytes.extend_from_slice(&Epoch::random().to_bytes());
    Stored::Bytes(bytes)
}

impl Validity {
    /// Until when the slot of this entry has to remember an invalidation, if the entry was written over a tombstone.
    ///
    /// An entry that is kept for longer than it is fresh says so. One that outlives its tombstone does not: there the
    /// tombstone was written before the entry, so the longest run that it is for ends within that time from then on.
    fn remembered_until(&self) -> u64 {
        if self.kept_until > self.fresh_until {
            return self.kept_until;
        }
        self.kept_until.min(Life::of(LONGEST_RUN).ends(self.created))
    }
}

/// Until when the slot that holds `stored` has to remember an invalidation, if it has to.
pub(crate) fn remembered_until(key: &Key<'_>, stored: &Stored) -> Option<u64> {
    match stored {
        Stored::Object(entry) => Some(entry.validity.remembered_until()),
        Stored::Bytes(bytes) => match bytes.strip_prefix(TOMBSTONE) {
            Some(rest) => Some(u64::from_le_bytes(*rest.first_chunk()?)),
            #[cfg(feature = "bytes")]
            None => bytes::remembered_until(key, bytes),
            #[cfg(not(feature = "bytes"))]
            None => {
                let _ = key;
                None
            }
        },
    }
}

/// [`remembered_until`] where that is after `end`. Nearly always it is not, and that is seen without a checksum: whatever is
/// wrong with a frame, it does not have to be remembered for longer than it says.
pub(crate) fn remembered_beyond(key: &Key<'_>, stored: &Stored, end: u64) -> Option<u64> {
    #[cfg(feature = "bytes")]
    if let Stored::Bytes(bytes) = stored
        && !bytes.starts_with(TOMBSTONE)
        && bytes::claimed_until(bytes) <= end
    {
        return None;
    }
    remembered_until(key, stored).filter(|until| *until > end)
}

/// Says at start-up whether values of `T` come back from bytes as they were.
///
/// # Errors
/// With the reason, and what to do instead.
pub(crate) fn check<T: Serialize + DeserializeOwned + 'static>() -> Result<(), String> {
    #[cfg(feature = "bytes")]
    return bytes::check::<T>();
    #[cfg(not(feature = "bytes"))]
    Err(format!("`{}` has no form of bytes in this build: larder's feature `bytes` is off", std::any::type_name::<T>()))
}

#[cfg(feature = "bytes")]
#[path = "form_bytes.rs"]
pub(crate) mod bytes;
