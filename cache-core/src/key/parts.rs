//! [`Parts`]: the key of arguments that are numbers and texts, looked for without a buffer.

use std::hash::Hasher as _;

use foldhash::fast::FoldHasher;

use super::mark::mark;
use super::odd;
use super::{Kept, KeyPart, Probe, Record, Recorder};

/// What an argument records, where that needs no buffer.
#[derive(Clone, Copy, Debug)]
pub enum Exact<'a> {
    /// A number, of so many bytes.
    Number(u128, usize),
    /// A text behind its length.
    Text(&'a str),
    /// What [`KeyPart::record`] says.
    Other,
}

/// A number of so many bytes.
#[derive(Clone, Copy, Debug)]
pub struct Number<const BYTES: usize>(u128);

/// A text.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a>(&'a str);

/// The key of some arguments, one behind the other.
#[derive(Clone, Copy, Debug)]
pub struct Parts<P> {
    parts: P,
    /// One of them is not what it is called like: see [`odd`].
    odd: bool,
}

impl Parts<()> {
    /// No bytes yet.
    #[allow(clippy::new_without_default, reason = "generated code must not need a trait of the prelude")]
    #[inline]
    #[must_use]
    pub const fn new() -> Self {
        Self { parts: (), odd: false }
    }
}

impl<P: Sequence> Parts<P> {
    /// With a number of so many bytes behind what is there, or with what is called like one.
    #[inline]
    #[must_use]
    pub fn number<const BYTES: usize, T: KeyPart>(self, number: &T) -> Parts<(P, Number<BYTES>)> {
        let (value, odd) = match number.larder_exact() {
            Exact::Number(value, bytes) if bytes == BYTES && !self.odd => (value, false),
            _ => (0, odd::keep(self.recorder(), number)),
        };
        Parts { parts: (self.parts, Number(value)), odd }
    }

    /// With a text behind what is there, or with what is called like one.
    #[inline]
    #[must_use]
    pub fn text<T: KeyPart>(self, text: &T) -> Parts<(P, Text<'_>)> {
        let (text, odd) = match text.larder_exact() {
            Exact::Text(text) if !self.odd => (text, false),
            _ => ("", odd::keep(self.recorder(), text)),
        };
        Parts { parts: (self.parts, Text(text)), odd }
    }
}

/// Some parts of a key.
pub trait Sequence: Copy {
    /// How many bytes they record.
    fn length(&self) -> usize;
    /// Feeds what tells them from others.
    fn feed(&self, hasher: &mut FoldHasher<'_>);
    /// What is behind their recorded bytes, if `bytes` begin with them.
    fn strip<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]>;
    /// Records all of them.
    fn record(&self, recorder: &mut Recorder);
}

impl Sequence for () {
    #[inline]
    fn length(&self) -> usize {
        0
    }

    #[inline]
    fn feed(&self, _hasher: &mut FoldHasher<'_>) {}

    #[inline]
    fn strip<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        Some(bytes)
    }

    fn record(&self, _recorder: &mut Recorder) {}
}

impl<P: Sequence> Sequence for (P, Text<'_>) {
    #[inline]
    fn length(&self) -> usize {
        self.0.length() + size_of::<u64>() + self.1.0.len()
    }

    #[inline]
    fn feed(&self, hasher: &mut FoldHasher<'_>) {
        self.0.feed(hasher);
        // The length is part of what is made of these.
        hasher.write(self.1.0.as_bytes());
    }

    #[inline]
    fn strip<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        let text = self.1.0.as_bytes();
        let rest = strip(self.0.strip(bytes)?, (text.len() as u64).to_le_bytes())?;
        let (first, rest) = rest.split_at_checked(text.len())?;
        (first == text).then_some(rest)
    }

    fn record(&self, recorder: &mut Recorder) {
        self.0.record(recorder);
        recorder.exact(self.1.0);
    }
}

impl<P: Sequence, const BYTES: usize> Sequence for (P, Number<BYTES>) {
    #[inline]
    fn length(&self) -> usize {
        self.0.length() + BYTES
    }

    #[inline]
    fn feed(&self, hasher: &mut FoldHasher<'_>) {
        self.0.feed(hasher);
        let Number(value) = self.1;
        match BYTES {
            1 => hasher.write_u8(value as u8),
            2 => hasher.write_u16(value as u16),
            4 => hasher.write_u32(value as u32),
            8 => hasher.write_u64(value as u64),
            _ => hasher.write_u128(value),
        }
    }

    #[inline]
    fn strip<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        let (rest, Number(value)) = (self.0.strip(bytes)?, self.1);
        match BYTES {
            1 => strip(rest, (value as u8).to_le_bytes()),
            2 => strip(rest, (value as u16).to_le_bytes()),
            4 => strip(rest, (value as u32).to_le_bytes()),
            8 => strip(rest, (value as u64).to_le_bytes()),
            _ => strip(rest, value.to_le_bytes()),
        }
    }

    fn record(&self, recorder: &mut Recorder) {
        self.0.record(recorder);
        recorder.bytes_of(self.1.0, BYTES);
    }
}

/// What is behind `number`, if `bytes` begin with it.
#[inline]
fn strip<const N: usize>(bytes: &[u8], number: [u8; N]) -> Option<&[u8]> {
    let (first, rest) = bytes.split_first_chunk()?;
    (*first == number).then_some(rest)
}

impl<P: Sequence> Probe for Parts<P> {
    #[inline]
    fn length(&self) -> usize {
        if self.odd { odd::ODD } else { self.parts.length() }
    }

    #[inline]
    fn feed(&self, hasher: &mut FoldHasher<'_>) {
        self.parts.feed(hasher);
    }

    #[inline]
    fn is(&self, kept: Kept<'_>) -> bool {
        self.parts.strip(kept.bytes).is_some_and(<[u8]>::is_empty)
    }
}

impl<P: Sequence> Record for Parts<P> {
    fn recorder(&self) -> Recorder {
        if self.odd {
            return odd::take();
        }
        let mut recorder = Recorder::new();
        self.parts.record(&mut recorder);
        recorder
    }

    fn mark(&self) -> Option<u64> {
        (!self.odd).then(|| mark(self))
    }
}
