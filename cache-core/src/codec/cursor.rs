//! A cursor over input bytes, and the numbers both forms are made of.
//!
//! Numbers are little-endian base-128 varints in their shortest spelling; a longer spelling is an error, so that a
//! value has exactly one encoding. Nothing here panics or allocates, whatever the bytes are.

use super::Undecodable;

fn cut_short() -> Undecodable {
    Undecodable::new("the bytes end in the middle of it")
}

/// What is left of the input.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'de> {
    rest: &'de [u8],
}

impl<'de> Cursor<'de> {
    pub(super) fn new(bytes: &'de [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    #[inline]
    pub(super) fn byte(&mut self) -> Result<u8, Undecodable> {
        let (first, rest) = self.rest.split_first().ok_or_else(cut_short)?;
        self.rest = rest;
        Ok(*first)
    }

    #[inline]
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Undecodable> {
        let (head, rest) = self.rest.split_first_chunk::<N>().ok_or_else(cut_short)?;
        self.rest = rest;
        Ok(*head)
    }

    #[inline]
    pub(super) fn varint(&mut self) -> Result<u64, Undecodable> {
        let first = self.byte()?;
        if first < 0x80 { Ok(u64::from(first)) } else { self.long_varint(first) }
    }

    fn long_varint(&mut self, first: u8) -> Result<u64, Undecodable> {
        let mut value = u64::from(first & 0x7F);
        for shift in (7..64).step_by(7) {
            let byte = self.byte()?;
            // The tenth byte holds the one bit that is left; a last byte of zero would be a longer spelling.
            if (shift == 63 && byte > 1) || byte == 0 {
                break;
            }
            value |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Undecodable::new("a number is not in its one valid spelling"))
    }

    /// A number of elements. Every element takes at least one byte, so more elements than bytes left is a lie, and
    /// nobody downstream reserves memory or spins for it.
    #[inline]
    pub(super) fn count(&mut self) -> Result<usize, Undecodable> {
        let count = self.varint()?;
        self.fits(count)
    }

    /// Checks a number of elements against what is left.
    #[inline]
    pub(super) fn fits(&self, count: u64) -> Result<usize, Undecodable> {
        match usize::try_from(count) {
            Ok(count) if count <= self.rest.len() => Ok(count),
            _ => Err(Undecodable::new("a length is larger than what is left of the bytes")),
        }
    }

    /// Bytes behind their length.
    #[inline]
    pub(super) fn bytes(&mut self) -> Result<&'de [u8], Undecodable> {
        let count = self.count()?;
        let (head, rest) = self.rest.split_at_checked(count).ok_or_else(cut_short)?;
        self.rest = rest;
        Ok(head)
    }

    /// UTF-8 text behind its length.
    #[inline]
    pub(super) fn text(&mut self) -> Result<&'de str, Undecodable> {
        core::str::from_utf8(self.bytes()?).map_err(|_| Undecodable::new("a text is not UTF-8"))
    }
}

#[inline]
pub(super) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Small magnitudes of either sign become small numbers.
#[inline]
pub(super) const fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

#[inline]
pub(super) const fn unzigzag(value: u64) -> i64 {
    ((value >> 1) as i64) ^ -((value & 1) as i64)
}
