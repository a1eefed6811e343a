//! Types that are bytes already: stored as they are.
//!
//! Through serde a `Vec<u8>` goes element by element, thirty times slower than a copy of memory. The caller picks this
//! way where the type is known to be one of these; a `Vec<u8>` *inside* another type still takes serde's way, unless it is
//! marked with `serde_bytes`.

use std::sync::Arc;

use super::{Format, Undecodable};

/// A byte string or a text.
pub trait RawBytes: Sized {
    /// What the bytes are: types of one name read each other's entries.
    const NAME: &'static str;
    /// Takes the place of the [fingerprint](super::fingerprint) of a schema; equal for equal names.
    const FINGERPRINT: u64 = name_hash(Self::NAME);

    /// The bytes to store.
    fn as_raw(&self) -> &[u8];

    /// The value of stored bytes.
    ///
    /// # Errors
    /// [`Undecodable`] if they are none, such as a text that is not UTF-8.
    fn from_raw(bytes: &[u8]) -> Result<Self, Undecodable>;
}

/// Appends the bytes of `value` to `out`; always [`Format::Raw`].
pub fn encode_raw<R: RawBytes>(value: &R, out: &mut Vec<u8>) -> Format {
    out.extend_from_slice(value.as_raw());
    Format::Raw
}

/// Reads back what [`encode_raw`] wrote.
///
/// # Errors
/// [`Undecodable`] if the format is another one, or the bytes are no such value.
pub fn decode_raw<R: RawBytes>(format: Format, bytes: &[u8]) -> Result<R, Undecodable> {
    match format {
        Format::Raw => R::from_raw(bytes),
        _ => Err(Undecodable::new("they are not raw, and the type is")),
    }
}

/// FNV-1a: good enough for a handful of names, and possible at compile time.
const fn name_hash(name: &str) -> u64 {
    let mut rest = name.as_bytes();
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    while let [first, others @ ..] = rest {
        hash = (hash ^ *first as u64).wrapping_mul(0x0100_0000_01B3);
        rest = others;
    }
    hash
}

macro_rules! bytes {
    ($($type:ty),*) => {$(
        impl RawBytes for $type {
            const NAME: &'static str = "larder raw bytes";

            fn as_raw(&self) -> &[u8] {
                self
            }

            fn from_raw(bytes: &[u8]) -> Result<Self, Undecodable> {
                Ok(bytes.into())
            }
        }
    )*};
}

macro_rules! texts {
    ($($type:ty),*) => {$(
        impl RawBytes for $type {
            const NAME: &'static str = "larder raw text";

            fn as_raw(&self) -> &[u8] {
                self.as_bytes()
            }

            fn from_raw(bytes: &[u8]) -> Result<Self, Undecodable> {
                core::str::from_utf8(bytes).map(Into::into).map_err(|_| Undecodable::new("a text is not UTF-8"))
            }
        }
    )*};
}

bytes!(Vec<u8>, Box<[u8]>, Arc<[u8]>);
texts!(String, Box<str>, Arc<str>);
