//! The head of a stored entry: enough to tell whether a slot still holds what a look saw.

use std::fmt;

/// Bytes that a [`Head`] compares at most.
pub const HEAD: usize = 64;

/// The length and the first up to 64 bytes of an entry.
///
/// A frame's nonce is among them, so two writes never have equal heads, though their values be equal. Foreign bytes have
/// a head too: a slot that holds some can be replaced like any other.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Head {
    len: u64,
    start: [u8; HEAD],
}

impl Head {
    /// The length of the entry, in bytes.
    #[must_use]
    pub fn entry_len(&self) -> u64 {
        self.len
    }

    /// The first bytes of the entry: 64, or all there are.
    #[must_use]
    pub fn start(&self) -> &[u8] {
        let len = usize::try_from(self.len).unwrap_or(HEAD).min(HEAD);
        self.start.get(..len).unwrap_or(&self.start)
    }

    /// Whether these bytes are the entry that the head was taken of.
    #[must_use]
    pub fn is_of(&self, bytes: &[u8]) -> bool {
        self.len == bytes.len() as u64 && bytes.starts_with(self.start())
    }
}

impl fmt::Debug for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Head({} bytes, {:02x?})", self.len, self.start())
    }
}

/// The head of any bytes.
#[must_use]
pub fn head(bytes: &[u8]) -> Head {
    let mut start = [0; HEAD];
    for (to, from) in start.iter_mut().zip(bytes) {
        *to = *from;
    }
    Head { len: bytes.len() as u64, start }
}
