//! How a value becomes bytes that another process may read later, without ever becoming another value.
//!
//! Three forms ([`Format`]) hold a value:
//!
//! - **raw** ([`RawBytes`]): byte strings and texts as they are, a copy of memory;
//! - **compact**: positions without names or types, small and fast, followed by a hash over how the value was written
//!   (its *shape*) that must equal the hash over how it is read;
//! - **named**: every value tagged, every field and variant by name, for what positions cannot express.
//!
//! [`encode`] takes the compact form unless the type or the value needs names. Then it *proves* the bytes: they are
//! decoded, and the value that comes back must be told by `Serialize` exactly as the one that went in. A value that
//! would come back different, or not at all, is refused with an [`Unstorable`] that says why. This costs about what one
//! hit costs, once for each run of the cached function; compact payloads over 64 KiB are proved one time in eight, since
//! their shape is checked by each reader anyway.
//!
//! What no cache over serde can see, because the type keeps it from serde: fields under `#[serde(skip)]`, a
//! `serialize_with` that rounds or masks, a predicate of `skip_serializing_if` that drops values other than the default,
//! `skip_serializing` inside a tagged, untagged or flattened type. Where the value is `PartialEq`, [`encode_if_same`]
//! sees those too.
//!
//! Checksums, keys and lifetimes are the business of [`frame`](crate::frame), not of this module.

mod compact;
mod cursor;
mod depth;
mod digest;
mod error;
mod kind;
mod named;
mod plan;
mod prove;
mod raw;
mod trace;
mod walk;

use serde::{Serialize, de::DeserializeOwned};

pub use error::{Undecodable, Unstorable};
use plan::Plan;
pub(crate) use plan::{Held as PlansHeld, hold as hold_plans};
pub use raw::{RawBytes, decode_raw, encode_raw};

/// Values nested deeper than this are neither written nor read: hostile bytes must not overflow the stack.
pub const MAX_DEPTH: usize = 128;

/// Which form a payload is in. Stored in the frame as one byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum Format {
    /// The bytes of a [`RawBytes`] as they are.
    Raw = 0,
    /// Positions and a shape.
    Compact = 1,
    /// Tags and names.
    Named = 2,
}

impl TryFrom<u8> for Format {
    type Error = Undecodable;

    fn try_from(byte: u8) -> Result<Self, Undecodable> {
        match byte {
            0 => Ok(Self::Raw),
            1 => Ok(Self::Compact),
            2 => Ok(Self::Named),
            _ => Err(Undecodable::new(format!("their format {byte} is unknown"))),
        }
    }
}

/// Appends `value` to `out` in the smallest form that brings it back exactly, and says which one that is.
///
/// # Errors
/// [`Unstorable`] if no form does; `out` is then as it was.
///
/// # Panics
/// Only where the type's own `Serialize` or `Deserialize` panics.
pub fn encode<T>(value: &T, out: &mut Vec<u8>) -> Result<Format, Unstorable>
where
    T: Serialize + DeserializeOwned + 'static,
{
    prove::encode(value, out, None)
}

/// [`encode`], and the value that comes back must be the `same`.
///
/// With `PartialEq` at hand (`|a, b| a == b`) this sees what serde cannot, such as fields under `#[serde(skip)]`. A value
/// that is not the same as itself (`NaN`) is not compared. Every value is decoded once, whatever its size.
///
/// # Errors
/// [`Unstorable`] as for [`encode`], and if the value that came back is not the same; `out` is then as it was.
///
/// # Panics
/// Only where `same`, or the type's own `Serialize` or `Deserialize`, panics.
pub fn encode_if_same<T>(value: &T, out: &mut Vec<u8>, same: fn(&T, &T) -> bool) -> Result<Format, Unstorable>
where
    T: Serialize + DeserializeOwned + 'static,
{
    prove::encode(value, out, Some(same))
}

/// Reads the one value that takes up all of `bytes`.
///
/// # Errors
/// [`Undecodable`] if they are no such value, or if bytes are left over. [`Format::Raw`] always is: see [`decode_raw`].
///
/// # Panics
/// Only where the type's own `Deserialize` panics.
pub fn decode<T: DeserializeOwned>(format: Format, bytes: &[u8]) -> Result<T, Undecodable> {
    match format {
        Format::Compact => compact::decode(bytes),
        Format::Named => named::decode(bytes),
        Format::Raw => Err(Undecodable::new("they are raw, and the type is not")),
    }
}

/// A hash of what the type reads (fields in order, variants, kinds) and of its name.
///
/// It differs when a field or variant is added, removed, renamed, swapped with another or given another type, and is the
/// same in every process of one build. A compiler that spells `type_name` differently changes it: a miss, no harm.
/// The first call for a type traces it (microseconds, milliseconds for enormous ones); the result is kept.
#[must_use]
pub fn fingerprint<T: DeserializeOwned + 'static>() -> u64 {
    Plan::of::<T>().fingerprint
}

/// Says what can be told at start-up, without a value: whether the type certainly cannot come back.
///
/// `Ok` is no promise: whether `Serialize` fits is seen at the first value.
///
/// # Errors
/// [`Unstorable`] if the type refuses to be read without having looked at anything.
pub fn check<T: DeserializeOwned + 'static>() -> Result<(), Unstorable> {
    if Plan::of::<T>().schema.is_hopeless() {
        return Err(Unstorable::new::<T>("its `Deserialize` refuses without having read anything"));
    }
    Ok(())
}
