//! Frames: what was written under this key, or nothing.
#![allow(
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs
)]

use cache_core::{
    codec::{Format, decode, encode, encode_raw, fingerprint},
    frame::{Frame, HEAD, Header, Kind, Malformed, NEVER, head, read, write},
};
use serde::{Deserialize, Serialize};

const KEY: &[u8; 32] = b"0123456789abcdef0123456789abcdef";

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Row {
    id: u64,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    more: Option<f64>,
}

fn header() -> Header {
    Header {
        kind: Kind::Value,
        format: Format::Raw,
        flags: 0,
        nonce: 0x0123_4567_89AB_CDEF,
        created: 1_700_000_000_000,
        fresh_until: 1_700_000_060_000,
        stale_until: NEVER,
        fingerprint: fingerprint::<Row>(),
        epoch: u128::MAX / 3,
        tags: vec![("user:7".into(), 7), (String::new(), 0), ("é".repeat(100), u128::MAX)],
    }
}

fn frames() -> Vec<Vec<u8>> {
    let row = |more| Row { id: 300, name: "n".into(), more };
    let bare = Header { tags: Vec::new(), ..header() };
    vec![
        write(&header(), KEY, |out| encode(&row(Some(0.5)), out)).unwrap(),
        write(&bare, KEY, |out| encode(&row(None), out)).unwrap(),
        write(&bare, KEY, |out| Ok(encode_raw(&"some text".to_owned(), out))).unwrap(),
        write(&bare, KEY, |out| Ok(encode_raw(&vec![7_u8; 700], out))).unwrap(),
        write(&Header { kind: Kind::Tombstone, ..bare.clone() }, KEY, |_| Ok(Format::Raw)).unwrap(),
    ]
}

#[test]
fn a_frame_comes_back_as_it_was_written() {
    for (frame, format) in frames().iter().zip([Format::Compact, Format::Named, Format::Raw, Format::Raw]) {
        let Frame { header: back, payload } = read(frame, KEY).unwrap();
        let tags = if format == Format::Compact { header().tags } else { Vec::new() };
        assert_eq!(back, Header { format, tags, ..header() });
        if format != Format::Raw {
            assert_eq!(decode::<Row>(format, payload).unwrap().id, 300);
        }
    }
    let tombstone = frames().pop().unwrap();
    let back = read(&tombstone, KEY).unwrap();
    assert_eq!((back.header.kind, back.payload), (Kind::Tombstone, &[][..]));
}

#[test]
fn a_frame_with_any_bit_flipped_is_malformed() {
    for mut frame in frames() {
        for bit in 0..frame.len() * 8 {
            frame[bit / 8] ^= 1 << (bit % 8);
            assert!(read(&frame, KEY).is_err(), "bit {bit}");
            frame[bit / 8] ^= 1 << (bit % 8);
        }
        assert!(read(&frame, KEY).is_ok());
    }
}

#[test]
fn a_frame_with_two_neighbouring_bytes_swapped_is_malformed() {
    for mut frame in frames() {
        for at in 1..frame.len() {
            if frame[at - 1] != frame[at] {
                frame.swap(at - 1, at);
                assert!(read(&frame, KEY).is_err(), "bytes {at}");
                frame.swap(at - 1, at);
            }
        }
    }
}

#[test]
fn a_frame_that_is_cut_short_or_too_long_is_malformed() {
    for frame in frames() {
        for len in 0..frame.len() {
            assert!(read(&frame[..len], KEY).is_err(), "{len} bytes");
        }
        for more in 1..=300 {
            for filler in [0, 1, 0xFF] {
                let mut long = frame.clone();
                long.resize(frame.len() + more, filler);
                assert_eq!(read(&long, KEY), Err(Malformed::Checksum));
            }
            let mut long = frame.clone();
            long.extend_from_slice(&frame[..more.min(frame.len())]);
            assert!(read(&long, KEY).is_err());
        }
    }
}

#[test]
fn a_frame_of_another_key_is_malformed() {
    for frame in frames() {
        let mut other = *KEY;
        other[31] ^= 1;
        assert_eq!(read(&frame, &other), Err(Malformed::Checksum));
        assert_eq!(read(&frame, b""), Err(Malformed::Checksum));
    }
}

#[test]
fn foreign_bytes_are_malformed() {
    let foreign: [&[u8]; 6] = [b"", b"1", b"{\"a\":1}", &[0; 200], &[0xFF; 200], b"\xA7Lr\x02\x01"];
    for bytes in foreign {
        assert_eq!(read(bytes, KEY), Err(Malformed::Foreign), "{bytes:?}");
    }
    let mut newer = frames().remove(0);
    newer[2] = 3;
    assert_eq!(read(&newer, KEY), Err(Malformed::Version(3)));
}

#[test]
fn a_frame_that_claims_four_gigabytes_of_tags_is_malformed() {
    for at in 60..68 {
        let mut frame = frames().remove(0);
        frame[at] = 0xFF;
        assert!(read(&frame, KEY).is_err());
    }
}

#[test]
fn what_cannot_be_framed_is_refused() {
    let tombstone = Header { kind: Kind::Tombstone, ..header() };
    assert!(write(&tombstone, KEY, |out| Ok(encode_raw(&vec![1_u8], out))).is_err());
    let long = Header { tags: vec![("x".repeat(65_536), 0)], ..header() };
    assert!(write(&long, KEY, |_| Ok(Format::Raw)).is_err());
    assert!(write(&Header { flags: 1, ..header() }, KEY, |_| Ok(Format::Raw)).is_err());
    let eater = |out: &mut Vec<u8>| {
        out.clear();
        Ok(Format::Raw)
    };
    assert!(write(&header(), KEY, eater).is_err());
}

#[test]
fn two_writes_of_one_value_have_two_heads() {
    let write = |nonce| write(&Header { nonce, ..header() }, KEY, |out| Ok(encode_raw(&vec![1_u8], out))).unwrap();
    let (first, second) = (write(1), write(2));
    assert_ne!(head(&first), head(&second));
    assert_eq!(head(&first), head(&first.clone()));
    assert!(head(&first).is_of(&first) && !head(&first).is_of(&second));
    assert_eq!((head(&first).start().len(), head(&first).entry_len()), (HEAD, first.len() as u64));
}

#[test]
fn foreign_bytes_have_a_head() {
    assert_eq!(head(b"abc").start(), b"abc");
    assert_ne!(head(b"abc"), head(b"abc\0"));
    assert_ne!(head(b""), head(b"\0"));
    assert!(head(b"").is_of(b"") && !head(b"").is_of(b"x"));
}

#[test]
fn the_layout_of_a_frame_is_what_other_processes_know() {
    let bare = Header { tags: vec![("t".into(), 5)], fingerprint: 9, epoch: 3, ..header() };
    let frame = write(&bare, KEY, |out| Ok(encode_raw(&"v".to_owned(), out))).unwrap();
    let hex: String = frame.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, EXPECTED);
}

const EXPECTED: &str = concat!(
    "a76c0218efcdab89674523010068e5cf8b0100006052e6cf8b010000",
    "090000000000000003000000000000000000000000000000",
    "ffffffffffffffff130000000100000001007405000000000000000000000000000000",
    "760a51bae237f683f6"
);
