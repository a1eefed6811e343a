//! What is wrong with bytes that are no frame.

use std::fmt;

/// Why stored bytes are not a frame of this key. The cache treats it as a miss and overwrites the entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Malformed {
    /// It does not begin like a frame: another program's bytes, or an entry of a layout before frames.
    Foreign,
    /// It is a frame of another release of the layout; the number is its version.
    Version(u8),
    /// Bytes are missing, or left over.
    Length,
    /// The checksum is not that of these bytes under this key.
    Checksum,
    /// Intact, but it says something that this release does not know.
    Unknown,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the stored bytes are not an entry of this key: ")?;
        match self {
            Self::Foreign => f.write_str("they were not written by this library")?,
            Self::Version(version) => write!(f, "their layout is version {version}, not {}", super::VERSION)?,
            Self::Length => f.write_str("some are missing or left over")?,
            Self::Checksum => f.write_str("they are damaged, or belong to another key")?,
            Self::Unknown => f.write_str("they use something that a later release added")?,
        }
        f.write_str("; treat the entry as a miss and write it anew")
    }
}

impl std::error::Error for Malformed {}
