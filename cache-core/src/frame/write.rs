//! Writes a frame, in one buffer.

use super::{
    CHECKSUM, FIXED, FLAGS_BITS, FORMAT_BITS, HAS_STALE, HAS_TAGS, Header, Kind, MAGIC, VERSION, WHAT_AT, checksum,
};
use crate::codec::{Format, Unstorable};

/// Room for a small payload, so that the common frame is allocated once.
const SMALL: usize = 160;

/// Writes a frame around what `payload_into` appends to the buffer it is given.
///
/// `identity` is a digest of the exact key, of any length, the same as for [`read`](super::read). `payload_into` must only
/// append; a tombstone's appends nothing. `header.format` is ignored in favour of what it returns.
///
/// # Errors
/// [`Unstorable`] if the payload is, or a tag's name is longer than 65,535 bytes, or a tombstone has a payload, or
/// `header.flags` is not zero.
pub fn write(
    header: &Header,
    identity: &[u8],
    payload_into: impl FnOnce(&mut Vec<u8>) -> Result<Format, Unstorable>,
) -> Result<Vec<u8>, Unstorable> {
    let tags_len: usize = header.tags.iter().map(|(name, _)| 2 + name.len() + 16).sum();
    let mut out = Vec::with_capacity(FIXED + tags_len + SMALL + CHECKSUM);
    put_fixed(header, &mut out)?;
    put_tags(header, tags_len, &mut out)?;
    let start = out.len();
    let format = payload_into(&mut out)?;
    let Some(len) = out.len().checked_sub(start) else {
        return Err(Unstorable::new::<Header>("its payload writer took away bytes that it had not written"));
    };
    if header.kind == Kind::Tombstone && len != 0 {
        return Err(Unstorable::new::<Header>("a tombstone has no payload"));
    }
    if let Some(what) = out.get_mut(WHAT_AT) {
        *what |= (format as u8) << FORMAT_BITS;
    }
    let sum = checksum(&out, identity);
    out.extend_from_slice(&sum.to_le_bytes());
    Ok(out)
}

/// What every frame has, and when it is stale; the format is added by [`write`].
fn put_fixed(header: &Header, out: &mut Vec<u8>) -> Result<(), Unstorable> {
    let Header { kind, format: _, flags, nonce, created, fresh_until, stale_until, fingerprint, epoch, tags } = header;
    if *flags != 0 {
        return Err(Unstorable::new::<Header>("its flags are reserved and must be zero"));
    }
    out.extend_from_slice(&MAGIC);
    let has_stale = if stale_until == fresh_until { 0 } else { HAS_STALE };
    let has_tags = if tags.is_empty() { 0 } else { HAS_TAGS };
    out.extend_from_slice(&[VERSION, *kind as u8 | has_stale | has_tags | *flags << FLAGS_BITS]);
    for number in [nonce, created, fresh_until, fingerprint] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    out.extend_from_slice(&epoch.to_le_bytes());
    if has_stale != 0 {
        out.extend_from_slice(&stale_until.to_le_bytes());
    }
    Ok(())
}

fn put_tags(header: &Header, tags_len: usize, out: &mut Vec<u8>) -> Result<(), Unstorable> {
    if header.tags.is_empty() {
        return Ok(());
    }
    let too_many = |_| Unstorable::new::<Header>("its tags take more than 4 GiB");
    out.extend_from_slice(&u32::try_from(tags_len).map_err(too_many)?.to_le_bytes());
    out.extend_from_slice(&u32::try_from(header.tags.len()).map_err(too_many)?.to_le_bytes());
    for (name, epoch) in &header.tags {
        let len = u16::try_from(name.len())
            .map_err(|_| Unstorable::new::<Header>("the name of a tag is longer than 65,535 bytes"))?;
        out.extend_from_slice(&len.to_le_bytes());
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(&epoch.to_le_bytes());
    }
    Ok(())
}
