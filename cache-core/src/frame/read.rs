//! Reads a frame: all of it must be right before any of it is believed.

use super::{
    CHECKSUM, CREATED_AT, FIXED, FLAGS_BITS, FORMAT_BITS, FRESH_UNTIL_AT, Frame, HAS_STALE, HAS_TAGS, Header, Kind,
    MAGIC, Malformed, VERSION, checksum,
};
use crate::codec::Format;

/// A tag takes at least its length and its epoch.
const SMALLEST_TAG: usize = 2 + 16;

/// When these bytes say that they were written, and until when that they are fresh and may be served though stale. They may be
/// damaged, or another key's: the checksum is not looked at.
pub(crate) fn claimed_times(bytes: &[u8]) -> Option<[u64; 3]> {
    let number = |at: usize| bytes.get(at..)?.first_chunk().copied().map(u64::from_le_bytes);
    let [first, second, VERSION, what] = *bytes.first_chunk()? else { return None };
    let fresh_until = number(FRESH_UNTIL_AT)?;
    let stale_until = if what & HAS_STALE == 0 { fresh_until } else { number(FIXED)? };
    ([first, second] == MAGIC).then_some([number(CREATED_AT)?, fresh_until, stale_until])
}

/// Reads the frame that takes up all of `bytes`, as it was [written](super::write) under this `identity`.
///
/// Copies the tags' names; the payload is borrowed.
///
/// # Errors
/// [`Malformed`] for anything but an intact frame of this key and this version.
pub fn read<'a>(bytes: &'a [u8], identity: &[u8]) -> Result<Frame<'a>, Malformed> {
    let mut rest = bytes.strip_prefix(&MAGIC).ok_or(Malformed::Foreign)?;
    let [version, what] = take(&mut rest)?;
    if version != VERSION {
        return Err(Malformed::Version(version));
    }
    let (covered, stored) = bytes.split_last_chunk::<CHECKSUM>().ok_or(Malformed::Length)?;
    let mut number = || take(&mut rest).map(u64::from_le_bytes);
    let (nonce, created, fresh_until, fingerprint) = (number()?, number()?, number()?, number()?);
    let epoch = u128::from_le_bytes(take(&mut rest)?);
    if checksum(covered, identity) != u64::from_le_bytes(*stored) {
        return Err(Malformed::Checksum);
    }
    let mut rest = covered.get(FIXED..).ok_or(Malformed::Length)?;
    let stale_until = if what & HAS_STALE == 0 { fresh_until } else { u64::from_le_bytes(take(&mut rest)?) };
    let tags = if what & HAS_TAGS == 0 { Vec::new() } else { take_tags(&mut rest)? };
    let payload = rest;
    let kind = match what & 1 {
        0 => Kind::Value,
        1 if payload.is_empty() => Kind::Tombstone,
        _ => return Err(Malformed::Unknown),
    };
    let flags = what >> FLAGS_BITS;
    let format = Format::try_from(what >> FORMAT_BITS & 3).map_err(|_| Malformed::Unknown)?;
    if flags != 0 {
        return Err(Malformed::Unknown);
    }
    let header = Header { kind, format, flags, nonce, created, fresh_until, stale_until, fingerprint, epoch, tags };
    Ok(Frame { header, payload })
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], Malformed> {
    let (head, tail) = rest.split_first_chunk::<N>().ok_or(Malformed::Length)?;
    *rest = tail;
    Ok(*head)
}

/// The tags, which stand before the payload.
fn take_tags(rest: &mut &[u8]) -> Result<Vec<(String, u128)>, Malformed> {
    let len = u32::from_le_bytes(take(rest)?);
    let count = u32::from_le_bytes(take(rest)?);
    let len = usize::try_from(len).map_err(|_| Malformed::Length)?;
    let (tags, payload) = rest.split_at_checked(len).ok_or(Malformed::Length)?;
    *rest = payload;
    read_tags(tags, count)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What has to be remembered is read of these times where nothing else of a frame is.
    #[test]
    fn the_times_that_a_frame_claims_are_those_that_it_was_written_with() {
        let header = |stale_until, tags| Header {
            kind: Kind::Value,
            flags: 0,
            format: Format::Raw,
            nonce: u64::MAX,
            created: 1_000,
            fresh_until: 2_000,
            stale_until,
            fingerprint: u64::MAX,
            epoch: u128::MAX,
            tags,
        };
        let tags = vec![("tag".into(), u128::MAX)];
        for header in [header(2_000, Vec::new()), header(3_000, Vec::new()), header(3_000, tags)] {
            let bytes = super::super::write(&header, b"key", |out| {
                out.extend_from_slice(b"value");
                Ok(Format::Raw)
            });
            let bytes = bytes.expect("it has a frame");
            let times = [header.created, header.fresh_until, header.stale_until];
            assert_eq!(claimed_times(&bytes), Some(times));
            // Nor is more read than there is.
            assert!((0..bytes.len()).all(|end| claimed_times(&bytes[..end]).is_none_or(|claimed| claimed == times)));
            assert_eq!(claimed_times(&[b"x", &bytes[..]].concat()), None);
        }
    }
}
