//! Reads a frame: all of it must be right before any of it is believed.

use super::{CHECKSUM, FIXED, Frame, Header, Kind, MAGIC, Malformed, VERSION, checksum};
use crate::codec::Format;

/// A tag takes at least its length and its epoch.
const SMALLEST_TAG: usize = 2 + 16;

/// Reads the frame that takes up all of `bytes`, as it was [written](super::write) under this `identity`.
///
/// Copies the tags' names; the payload is borrowed.
///
/// # Errors
/// [`Malformed`] for anything but an intact frame of this key and this version.
pub fn read<'a>(bytes: &'a [u8], identity: &[u8]) -> Result<Frame<'a>, Malformed> {
    let mut rest = bytes.strip_prefix(&MAGIC).ok_or(Malformed::Foreign)?;
    let [version, kind, format, flags] = take(&mut rest)?;
    if version != VERSION {
        return Err(Malformed::Version(version));
    }
    let (covered, stored) = bytes.split_last_chunk::<CHECKSUM>().ok_or(Malformed::Length)?;
    let mut number = || take(&mut rest).map(u64::from_le_bytes);
    let (nonce, created, fresh_until, stale_until, fingerprint) =
        (number()?, number()?, number()?, number()?, number()?);
    let epoch = u128::from_le_bytes(take(&mut rest)?);
    let payload_len = u64::from_le_bytes(take(&mut rest)?);
    let tags_len = u32::from_le_bytes(take(&mut rest)?);
    let count = u32::from_le_bytes(take(&mut rest)?);
    let (tags, payload) = split(covered, tags_len, payload_len).ok_or(Malformed::Length)?;
    if checksum(covered, identity) != u64::from_le_bytes(*stored) {
        return Err(Malformed::Checksum);
    }
    let kind = match kind {
        0 => Kind::Value,
        1 if payload.is_empty() => Kind::Tombstone,
        _ => return Err(Malformed::Unknown),
    };
    let format = Format::try_from(format).map_err(|_| Malformed::Unknown)?;
    if flags != 0 {
        return Err(Malformed::Unknown);
    }
    let tags = read_tags(tags, count)?;
    let header = Header { kind, format, flags, nonce, created, fresh_until, stale_until, fingerprint, epoch, tags };
    Ok(Frame { header, payload })
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], Malformed> {
    let (head, tail) = rest.split_first_chunk::<N>().ok_or(Malformed::Length)?;
    *rest = tail;
    Ok(*head)
}

/// The tags and the payload, if the two take up exactly what lies between the fixed part and the checksum.
fn split(covered: &[u8], tags_len: u32, payload_len: u64) -> Option<(&[u8], &[u8])> {
    let (tags, payload) = covered.get(FIXED..)?.split_at_checked(usize::try_from(tags_len).ok()?)?;
    (payload.len() as u64 == payload_len).then_some((tags, payload))
}

fn read_tags(mut rest: &[u8], count: u32) -> Result<Vec<(String, u128)>, Malformed> {
    let count = usize::try_from(count).map_err(|_| Malformed::Length)?;
    let mut tags = Vec::with_capacity(count.min(rest.len() / SMALLEST_TAG));
    for _ in 0..count {
        let len = usize::from(u16::from_le_bytes(take(&mut rest)?));
        let (name, tail) = rest.split_at_checked(len).ok_or(Malformed::Length)?;
        rest = tail;
        let name = core::str::from_utf8(name).map_err(|_| Malformed::Unknown)?;
        tags.push((name.to_owned(), u128::from_le_bytes(take(&mut rest)?)));
    }
    if rest.is_empty() { Ok(tags) } else { Err(Malformed::Length) }
}
