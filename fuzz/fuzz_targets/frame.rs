//! Whatever bytes a store hands back: an error or a value, never a panic, a hang or a runaway allocation.
//!
//! `cargo +nightly fuzz run frame`

#![no_main]

use std::collections::{BTreeMap, HashMap};

use cache_core::{
    codec::{Format, decode, decode_raw, encode},
    frame::{Header, Kind, NEVER, head, read, write},
};
use libfuzzer_sys::fuzz_target;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

fuzz_target!(|data: &[u8]| {
    decode_stored(data);
});

/// One of each kind of serde's data model, and recursion.
#[derive(Serialize, Deserialize, Debug)]
enum Any {
    Unit,
    Numbers(bool, u8, u16, u32, u64, u128, i8, i16, i32, i64, i128, f32, f64),
    Texts { c: char, s: String, map: BTreeMap<String, Any> },
    Nested(Option<Box<Any>>),
    Many(Vec<Any>),
    Boxed(Box<Any>),
}

/// What goes through serde's own buffer.
#[derive(Serialize, Deserialize, Debug)]
#[serde(tag = "t")]
enum Tagged {
    A { x: u8, #[serde(flatten)] more: HashMap<String, u32> },
    B(BTreeMap<String, String>),
}

/// Reads `data` as an entry of a store: as a whole frame, as the payload of an intact frame, and as any payload.
pub fn decode_stored(data: &[u8]) {
    assert!(head(data).is_of(data));
    // The checksum would keep the fuzzer out of everything behind it.
    let _ = read(data, b"identity");
    round_trip::<Any>(data);
    round_trip::<Tagged>(data);
    round_trip::<Vec<()>>(data);
    round_trip::<HashMap<String, Option<Option<u32>>>>(data);
    if let Ok(text) = decode_raw::<String>(Format::Raw, data) {
        assert_eq!(text.as_bytes(), data);
    }
    let header = Header {
        kind: Kind::Value,
        format: Format::Raw,
        flags: 0,
        nonce: 1,
        created: 0,
        fresh_until: NEVER,
        stale_until: NEVER,
        fingerprint: 0,
        epoch: 0,
        tags: vec![(String::from_utf8_lossy(data).chars().take(100).collect(), 7)],
    };
    let raw = |out: &mut Vec<u8>| {
        out.extend_from_slice(data);
        Ok(Format::Raw)
    };
    let Ok(frame) = write(&header, b"identity", raw) else { panic!("any bytes can be framed") };
    let Ok(back) = read(&frame, b"identity") else { panic!("a frame comes back") };
    assert_eq!((back.header, back.payload), (header, data));
    assert!(read(&frame, b"another").is_err());
}

/// A value that can be read can be written again, unless it is refused.
fn round_trip<T: Serialize + DeserializeOwned + 'static>(data: &[u8]) {
    for format in [Format::Compact, Format::Named] {
        if let Ok(value) = decode::<T>(format, data) {
            let mut bytes = Vec::new();
            if let Ok(format) = encode(&value, &mut bytes) {
                assert!(decode::<T>(format, &bytes).is_ok());
            }
        }
    }
}
