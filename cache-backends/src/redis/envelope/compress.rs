//! Compression of entries: which, with what, and back from bytes that anyone may have written.

use super::{HEADER, LARGEST, header};

/// The forms of compressed contents.
const LZ4: u8 = 1;
#[cfg(feature = "zstd")]
const ZSTD: u8 = 2;

/// The length of what was compressed, in front of it.
const LENGTH: usize = 4;

/// What is compressed has to be smaller by this factor, in percent: otherwise reading it costs more than it saves.
const PAYS: u64 = 115;

/// What no byte of LZ4 exceeds: a byte makes a match longer by 255.
const LZ4_RATIO: usize = 255;

/// What no byte of Zstandard exceeds: a block has four bytes at least, and gives 128 KiB at most.
#[cfg(feature = "zstd")]
const ZSTD_RATIO: usize = 32 << 10;

/// How [`RedisBuilder::compression`](crate::RedisBuilder::compression) compresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compression {
    /// LZ4: the fastest, in Rust alone.
    #[default]
    Lz4,
    /// Zstandard: smaller and slower. For text that is about half of what LZ4 makes of it.
    #[cfg(feature = "zstd")]
    Zstd {
        /// From 1, the fastest, to 22, the smallest; 3 is a good choice.
        level: i32,
    },
}

impl Compression {
    /// Why this cannot work, if it cannot.
    pub(super) fn problem(self) -> Option<&'static str> {
        match self {
            Self::Lz4 => None,
            #[cfg(feature = "zstd")]
            Self::Zstd { level } => (!(1..=22).contains(&level))
                .then_some("compression has a level that Zstandard has not: write one from 1 to 22, e.g. 3"),
        }
    }

    /// An envelope of `bytes`, whose length is `length`; `None` when they cannot be compressed.
    fn compress(self, bytes: &[u8], length: u32) -> Option<Vec<u8>> {
        match self {
            Self::Lz4 => {
                let room = lz4_flex::block::get_maximum_output_size(bytes.len());
                let mut out = begin(LZ4, length, room);
                let start = out.len();
                out.resize(start + room, 0);
                let written = lz4_flex::block::compress_into(bytes, out.get_mut(start..)?).ok()?;
                out.truncate(start + written);
                Some(out)
            }
            #[cfg(feature = "zstd")]
            Self::Zstd { level } => {
                let compressed = zstd::bulk::compress(bytes, level).ok()?;
                let mut out = begin(ZSTD, length, compressed.len());
                out.extend_from_slice(&compressed);
                Some(out)
            }
        }
    }
}

fn begin(form: u8, length: u32, room: usize) -> Vec<u8> {
    let mut out = header(form, LENGTH + room);
    out.extend_from_slice(&length.to_le_bytes());
    out
}

/// Which entries are compressed, and how.
pub(super) struct Packing {
    /// Those of more bytes.
    pub(super) over: usize,
    pub(super) with: Compression,
}

impl Packing {
    /// An envelope of `bytes`, if they are large enough and it is small enough.
    pub(super) fn pack(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        if bytes.len() <= self.over.max(HEADER + LENGTH) || bytes.len() > LARGEST {
            return None;
        }
        let packed = self.with.compress(bytes, u32::try_from(bytes.len()).ok()?)?;
        (packed.len() as u64 * PAYS <= bytes.len() as u64 * 100).then_some(packed)
    }
}

/// What was compressed into the `contents` of an envelope of `form`; `None` if that form is not of this build, or they
/// are not what this handler writes.
///
/// Room is made only for a length that so many bytes can give, since anyone may have written them.
pub(super) fn unpack(form: u8, contents: &[u8]) -> Option<Vec<u8>> {
    let (length, compressed) = contents.split_first_chunk::<LENGTH>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let ratio = match form {
        LZ4 => LZ4_RATIO,
        #[cfg(feature = "zstd")]
        ZSTD => ZSTD_RATIO,
        _ => return None,
    };
    if length > LARGEST || length > compressed.len().saturating_mul(ratio) {
        return None;
    }
    let bytes = match form {
        #[cfg(feature = "zstd")]
        // It makes room for what its own header says, if that is at most `length`.
        ZSTD => zstd::bulk::Decompressor::new().ok()?.decompress(compressed, length).ok()?,
        _ => {
            let mut bytes = Vec::new();
            bytes.try_reserve_exact(length).ok()?;
            bytes.resize(length, 0);
            let written = lz4_flex::block::decompress_into(compressed, &mut bytes).ok()?;
            bytes.truncate(written);
            bytes
        }
    };
    (bytes.len() == length).then_some(bytes)
}
