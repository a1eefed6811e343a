//! The buffer that arguments are recorded into.
//!
//! Everything is little-endian, `usize` is 64 bits, and whatever has no fixed width is framed by its length, so that no
//! two sequences of parts give the same bytes.

use std::fmt;

use smallvec::SmallVec;

use super::KeyPart;

/// Keys up to this many bytes are recorded without an allocation.
const INLINE: usize = 96;

/// Records the parts of a key, one after the other.
///
/// ```
/// use cache_core::key::{KeyPart, Recorder};
///
/// let mut one = Recorder::new();
/// ("ab", "c").record(&mut one);
/// let mut other = Recorder::new();
/// ("a", "bc").record(&mut other);
/// assert_ne!(one.bytes(), other.bytes());
/// ```
#[derive(Debug)]
pub struct Recorder {
    bytes: SmallVec<[u8; INLINE]>,
    /// Something could not be recorded whole, so equal bytes may come of different values.
    refused: bool,
}

/// In one copy: that of a `SmallVec` goes byte by byte.
impl Clone for Recorder {
    fn clone(&self) -> Self {
        Self { bytes: SmallVec::from_slice(&self.bytes), refused: self.refused }
    }
}

impl Recorder {
    /// Nothing recorded yet.
    #[allow(clippy::new_without_default, reason = "generated code must not need a trait of the prelude")]
    #[must_use]
    pub fn new() -> Self {
        Self { bytes: SmallVec::new(), refused: false }
    }

    /// What was recorded.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Says that what was recorded does not tell this value from others: the call is not cached.
    pub(crate) const fn refuse(&mut self) {
        self.refused = true;
    }

    pub(crate) const fn is_refused(&self) -> bool {
        self.refused
    }

    /// Bytes of a width that is always the same for this part; anything else goes through [`Recorder::framed`].
    pub fn fixed<const N: usize>(&mut self, bytes: [u8; N]) {
        self.bytes.extend_from_slice(&bytes);
    }

    /// A length, a count or an index.
    pub fn length(&mut self, length: usize) {
        self.fixed((length as u64).to_le_bytes());
    }

    /// Bytes of any length, framed by it.
    pub fn framed(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.bytes.extend_from_slice(bytes);
    }

    /// Whatever `record` records, framed by its length.
    pub fn part(&mut self, record: impl FnOnce(&mut Self)) {
        let start = self.bytes.len();
        self.length(0);
        record(self);
        let length = (self.bytes.len() - start - 8) as u64;
        if let Some(frame) = self.bytes.get_mut(start..start + 8) {
            frame.copy_from_slice(&length.to_le_bytes());
        }
    }

    /// An argument of a type that says itself what it records.
    pub fn argument<T: KeyPart + ?Sized>(&mut self, argument: &T) {
        self.part(|recorder| argument.record(recorder));
    }

    /// A field of a template, as its text. A call whose argument has a `Display` that fails is not cached: what was
    /// written before may be the text of another value.
    pub fn display(&mut self, text: fmt::Arguments<'_>) {
        self.part(|recorder| {
            if fmt::Write::write_fmt(recorder, text).is_err() {
                recorder.refuse();
            }
        });
    }

    /// Parts that have no order of their own: recorded one by one and sorted by their bytes.
    pub(crate) fn sorted<T>(&mut self, items: impl Iterator<Item = T>, mut record: impl FnMut(&mut Self, T)) {
        let mut recorded: Vec<Self> = items
            .map(|item| {
                let mut recorder = Self::new();
                record(&mut recorder, item);
                recorder
            })
            .collect();
        recorded.sort_unstable_by(|a, b| a.bytes.cmp(&b.bytes));
        self.length(recorded.len());
        for recorder in recorded {
            self.refused |= recorder.refused;
            self.framed(&recorder.bytes);
        }
    }
}

impl fmt::Write for Recorder {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.bytes.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
