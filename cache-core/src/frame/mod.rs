//! One stored entry: a fixed header, the tags, the payload and a checksum, in one run of bytes.
//!
//! ```text
//!  0  magic "\xA7l"            28  fingerprint   u64             where said:
//!  2  version of the frame u8   36  epoch         u128             …  stale until            u64 unix ms
//!  3  what it is           u8                                      …  length of the tags     u32
//!  4  nonce               u64                                      …  number of tags         u32
//! 12  created             u64 unix ms                              …  tags: length u16, name, epoch u128
//! 20  fresh until         u64 unix ms                              …  payload
//!                                                                  …  checksum u64
//! ```
//!
//! What it is: the kind in bit 0, the format in bits 1 and 2, in bit 3 whether it is served for another time than it is fresh, in
//! bit 4 whether it has tags, and flags (none yet) in the others. The room beside a value is what most frames on disk and on a
//! server consist of, so what most of them do not need is not there.
//!
//! Everything is little-endian. The checksum (XXH3, 64 bits) covers every byte before it and is seeded with a hash of the
//! key's identity, so a frame that turns up under another key is malformed too, and so is one of another length. Whatever is
//! malformed is a miss to the cache.
//!
//! The checksum finds accidents, not forgery: whoever can write to the store can write a valid frame. The frame neither
//! decodes payloads nor decides about freshness; its nonce makes two writes of equal values distinguishable ([`Head`]).

mod error;
mod head;
mod read;
mod write;

use twox_hash::XxHash3_64;

use crate::codec::Format;

pub use error::Malformed;
pub use head::{HEAD, Head, head};
pub(crate) use read::claimed_times;
pub use read::read;
pub use write::write;

/// The first byte is no ASCII and no UTF-8 start: foreign text never looks like a frame.
const MAGIC: [u8; 2] = *b"\xA7l";
const VERSION: u8 = 2;
/// Bytes that every frame begins with.
const FIXED: usize = 52;
/// Where what it is stands.
const WHAT_AT: usize = 3;
/// Where times stand.
const CREATED_AT: usize = 12;
const FRESH_UNTIL_AT: usize = 20;
/// Bits of what it is.
const FORMAT_BITS: u32 = 1;
const HAS_STALE: u8 = 1 << 3;
const HAS_TAGS: u8 = 1 << 4;
const FLAGS_BITS: u32 = 5;
/// Bytes of the checksum at the end, behind the payload.
pub(crate) const CHECKSUM: usize = 8;

/// A moment that never comes, for [`Header::fresh_until`] and [`Header::stale_until`].
pub const NEVER: u64 = u64::MAX;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum Kind {
    /// A value.
    Value = 0,
    /// The place of a value that was invalidated; its payload is empty.
    Tombstone = 1,
}

/// What a frame says about its payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// A value, or a tombstone.
    pub kind: Kind,
    /// The form of the payload. [`write()`] sets it to what the payload says.
    pub format: Format,
    /// Reserved, zero. Bits of a later release are malformed to this one.
    pub flags: u8,
    /// Another one for each write: what a compare-and-set compares.
    pub nonce: u64,
    /// When it was written, in Unix milliseconds.
    pub created: u64,
    /// Until when (exclusive) it is fresh, in Unix milliseconds; [`NEVER`] for ever.
    pub fresh_until: u64,
    /// Until when (exclusive) it may be served though stale, in Unix milliseconds; [`NEVER`] for ever.
    pub stale_until: u64,
    /// The [fingerprint](crate::codec::fingerprint) of the value's type.
    pub fingerprint: u64,
    /// A digest of the handler's and the function's epochs.
    pub epoch: u128,
    /// The tags, with the epoch that each had when the value was made.
    pub tags: Vec<(String, u128)>,
}

/// A frame that was read and found intact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What it says about the payload.
    pub header: Header,
    /// The encoded value; empty for a tombstone.
    pub payload: &'a [u8],
}

/// The checksum over everything before it.
fn checksum(covered: &[u8], identity: &[u8]) -> u64 {
    XxHash3_64::oneshot_with_seed(XxHash3_64::oneshot(identity), covered)
}
