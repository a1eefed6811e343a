//! The buffer that arguments are recorded into.
//!
//! Everything is little-endian, `usize` is 64 bits, and whatever has no fixed width is framed by its length, so that no
//! two sequences of parts give the same bytes.

use std::fmt;

use arrayvec::ArrayVec;

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
#[derive(Clone, Debug)]
pub struct Recorder {
    /// What was recorded, while it fits. The compiler sees through it: the key of a few numbers never reaches memory.
    inline: ArrayVec<u8, INLINE>,
    /// All of what was recorded, once it does not fit any more.
    spilled: Vec<u8>,
    /// Something could not be recorded whole, so equal bytes may come of different values.
    refused: bool,
}

impl Recorder {
    /// Nothing recorded yet.
    #[allow(clippy::new_without_default, reason = "generated code must not need a trait of the prelude")]
    #[inline]
    #[must_use]
    pub fn new() -> Self {
        Self { inline: ArrayVec::new(), spilled: Vec::new(), refused: false }
    }

    /// What was recorded.
    #[inline]
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        if self.spilled.is_empty() { &self.inline } else { &self.spilled }
    }

    #[inline]
    fn push(&mut self, bytes: &[u8]) {
        if !self.spilled.is_empty() || self.inline.try_extend_from_slice(bytes).is_err() {
            self.spill(bytes);
        }
    }

    /// The first `count` bytes of `value`.
    pub(super) fn bytes_of(&mut self, value: u128, count: usize) {
        let bytes = value.to_le_bytes();
        self.push(bytes.get(..count).unwrap_or(&bytes));
    }

    #[cold]
    fn spill(&mut self, bytes: &[u8]) {
        if self.spilled.is_empty() {
            self.spilled.reserve((self.inline.len() + bytes.len()) * 2);
            self.spilled.extend_from_slice(&self.inline);
        }
        self.spilled.extend_from_slice(bytes);
    }

    /// How much was recorded.
    fn recorded(&self) -> usize {
        self.bytes().len()
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        if self.spilled.is_empty() { &mut self.inline } else { &mut self.spilled }
    }

    /// Says that what was recorded does not tell this value from others: the call is not cached.
    pub(crate) const fn refuse(&mut self) {
        self.refused = true;
    }

    /// Whether what was recorded may not tell this value from others.
    #[inline]
    #[must_use]
    pub const fn is_refused(&self) -> bool {
        self.refused
    }

    /// Bytes of a width that is always the same for this part; anything else goes through [`Recorder::framed`].
    #[inline]
    pub fn fixed<const N: usize>(&mut self, bytes: [u8; N]) {
        self.push(&bytes);
    }

    /// A length, a count or an index.
    #[inline]
    pub fn length(&mut self, length: usize) {
        self.fixed((length as u64).to_le_bytes());
    }

    /// Bytes of any length, framed by it.
    #[inline]
    pub fn framed(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.push(bytes);
    }

    /// Whatever `record` records, framed by its length.
    pub fn part(&mut self, record: impl FnOnce(&mut Self)) {
        let start = self.recorded();
        self.length(0);
        record(self);
        let length = (self.recorded() - start - 8) as u64;
        if let Some(frame) = self.bytes_mut().get_mut(start..start + 8) {
            frame.copy_from_slice(&length.to_le_bytes());
        }
    }

    /// An argument of a type that says itself what it records.
    pub fn argument<T: KeyPart + ?Sized>(&mut self, argument: &T) {
        self.part(|recorder| argument.record(recorder));
    }

    /// An argument of a primitive type or a string. What these record says itself where it ends, so it needs no frame.
    #[inline]
    pub fn exact<T: KeyPart + ?Sized>(&mut self, argument: &T) {
        argument.record(self);
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
        recorded.sort_unstable_by(|a, b| a.bytes().cmp(b.bytes()));
        self.length(recorded.len());
        for recorder in recorded {
            self.refused |= recorder.refused;
            self.framed(recorder.bytes());
        }
    }
}

impl fmt::Write for Recorder {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes());
        Ok(())
    }
}
