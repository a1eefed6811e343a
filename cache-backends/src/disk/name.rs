//! [`Name`]: what a slot is called, and the hash by which it is found.
//!
//! A hash says where a slot lies; the name stands in the row and is compared. So two slots of one hash push each other out and are
//! never taken for each other, whoever has picked them, and a fast hash does.

use std::cell::LazyCell;

use cache_core::Slot;
use cache_core::key::Key;
use twox_hash::XxHash3_128;

use super::table::{HASH, Kind};

/// What tells the owner of a key from others.
const SEAL: usize = 16;
/// Longer keys stand in rows by their digest.
const LONGEST: usize = 64;
/// The longest bare name.
const ROOM: usize = 1 + SEAL + LONGEST;

/// What a slot is called.
#[derive(Clone, Debug)]
pub(super) struct Name {
    pub(super) kind: Kind,
    pub(super) hash: [u8; HASH],
    text: Text,
}

#[derive(Clone, Debug)]
enum Text {
    /// What can be read, and patterns are compared with.
    Readable(String),
    /// Whose key it is, and the key: all of it if it is short, or else its digest.
    Bare([u8; ROOM], usize),
}

impl Name {
    pub(super) fn of(slot: &Slot<'_>) -> Self {
        let readable = |kind, text: String| Self { kind, hash: hash(text.as_bytes()), text: Text::Readable(text) };
        match slot {
            Slot::Epoch(name) => readable(Kind::Epoch, name.text().to_owned()),
            Slot::Entry(key) if key.has_subject() => readable(Kind::Entry, key.text()),
            Slot::Entry(key) => Self::bare(key),
        }
    }

    fn bare(key: &Key<'_>) -> Self {
        let (seal, digest) = (key.seal(), LazyCell::new(|| key.identity()));
        let is_short = key.arguments().len() <= LONGEST;
        let what = if is_short { key.arguments() } else { &digest[..] };
        let (mut bytes, length) = ([0; ROOM], 1 + SEAL + what.len());
        // No digest is taken for a key.
        bytes[0] = u8::from(is_short);
        bytes[1..=SEAL].copy_from_slice(&seal[..SEAL]);
        bytes[1 + SEAL..length].copy_from_slice(what);
        // Functions are often called with the same arguments.
        let seed = seal.last_chunk().map_or(0, |seed| u64::from_le_bytes(*seed));
        let hash = XxHash3_128::oneshot_with_seed(seed, what).to_be_bytes();
        Self { kind: Kind::Entry, hash, text: Text::Bare(bytes, length) }
    }

    pub(super) const fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether nobody reads it, and no pattern is compared with it.
    pub(super) const fn is_bare(&self) -> bool {
        matches!(self.text, Text::Bare(..))
    }

    pub(super) fn text(&self) -> &[u8] {
        match &self.text {
            Text::Readable(text) => text.as_bytes(),
            Text::Bare(bytes, length) => &bytes[..*length],
        }
    }
}

pub(super) fn hash(text: &[u8]) -> [u8; HASH] {
    XxHash3_128::oneshot(text).to_be_bytes()
}
