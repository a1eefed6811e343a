//! Envelopes as values: what goes in comes out, and nothing else does.

#![cfg(all(feature = "zstd", feature = "encrypt"))]

use cache_core::{Seen, Stored, TOMBSTONE};
use proptest::collection::vec;
use proptest::prelude::*;

use super::{Envelope, LARGEST, MAGIC};
use crate::redis::command;
use crate::{Compression, Redis, RedisBuilder};

const KEY: &[u8] = b"cache:k:a";

fn envelope(builder: &RedisBuilder) -> Envelope {
    builder.envelope.envelope()
}

/// Every way to compress, with `builder`'s encryption.
fn packings(builder: &RedisBuilder) -> Vec<Envelope> {
    let over = |bytes| builder.clone().compress_over(bytes);
    let zstd = |level| over(0).compression(Compression::Zstd { level });
    [builder.clone(), over(0), over(100), zstd(1), zstd(19)].iter().map(envelope).collect()
}

/// With no encryption, and with some.
fn families() -> [RedisBuilder; 2] {
    [Redis::builder(), Redis::builder().encrypt(*b"thirty-two random bytes, in fact")]
}

/// Bytes as frames are, and such as begin like something else; some that can be compressed and some that cannot.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let beginning = prop_oneof![
        Just(Vec::new()),
        Just(b"\xA7lrd\x01".to_vec()),
        Just(MAGIC.to_vec()),
        Just(TOMBSTONE.to_vec()),
        Just(command::TOMBSTONE.to_vec()),
        (0..4_u8).prop_map(|form| [&MAGIC[..], &[form]].concat()),
        Just([&MAGIC[..], &[128]].concat()),
    ];
    let rest = prop_oneof![vec(any::<u8>(), 0..300), (any::<u8>(), 0..5_000_usize).prop_map(|(b, n)| vec![b; n])];
    (beginning, rest).prop_map(|(beginning, rest)| [beginning, rest].concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_one_writes_every_other_reads_that_has_the_key(bytes in bytes()) {
        for family in &families() {
            let envelopes = packings(family);
            for writer in &envelopes {
                let wrapped = writer.wrap(KEY, bytes.clone()).unwrap();
                prop_assert!(wrapped.starts_with(command::TOMBSTONE) <= bytes.starts_with(command::TOMBSTONE));
                for reader in &envelopes {
                    prop_assert_eq!(reader.unwrap(KEY, wrapped.clone()), Some(bytes.clone()));
                }
            }
        }
    }

    #[test]
    fn no_bytes_make_it_fail(bytes in bytes()) {
        for family in &families() {
            for reader in packings(family) {
                if let Some(read) = reader.unwrap(KEY, bytes.clone()) {
                    prop_assert!(read.len() <= bytes.len() * (32 << 10));
                }
            }
        }
    }

    #[test]
    fn with_a_key_no_bytes_are_read_that_it_did_not_write(bytes in bytes()) {
        let [plain, encrypting] = families().map(|family| envelope(&family.compress_over(100)));
        if !bytes.starts_with(TOMBSTONE) {
            prop_assert_eq!(encrypting.unwrap(KEY, bytes.clone()), None);
            prop_assert_eq!(encrypting.unwrap(KEY, plain.wrap(KEY, bytes.clone()).unwrap()), None);
            prop_assert_eq!(plain.unwrap(KEY, encrypting.wrap(KEY, bytes).unwrap()), None);
        }
    }

    #[test]
    fn an_encrypted_entry_is_nothing_with_another_bit_or_slot(bytes in bytes(), bit: usize, key in ".{0,20}") {
        prop_assume!(!bytes.starts_with(TOMBSTONE) && key.as_bytes() != KEY);
        let [_, encrypting] = families().map(|family| envelope(&family.compress_over(100)));
        let mut wrapped = encrypting.wrap(KEY, bytes).unwrap();
        prop_assert_eq!(encrypting.unwrap(key.as_bytes(), wrapped.clone()), None);
        prop_assert_eq!(encrypting.unwrap(KEY, wrapped[..bit % wrapped.len()].to_vec()), None);
        prop_assert_eq!(encrypting.unwrap(KEY, [&wrapped[..], b"\0"].concat()), None);
        let bit = bit % (wrapped.len() * 8);
        wrapped[bit / 8] ^= 1 << (bit % 8);
        prop_assert_eq!(encrypting.unwrap(KEY, wrapped), None);
    }
}

/// A conditional write compares the length and the first 64 bytes. Zstandard leaves nothing there of a frame's number.
#[test]
fn two_writes_of_equal_bytes_never_look_alike() {
    let bytes = [&b"\xA7lrd"[..], &[1; 10_000]].concat();
    let [plain, encrypting] = families();
    for writer in packings(&plain).into_iter().skip(1).chain(packings(&encrypting)) {
        let wrapped = || Stored::Bytes(writer.wrap(KEY, bytes.clone()).unwrap());
        assert!(!Seen::of(Some(&wrapped())).holds(Some(&wrapped())));
    }
}

#[test]
fn it_compresses_what_is_larger_and_only_when_it_pays() {
    let [lz4, zstd] = [Compression::Lz4, Compression::Zstd { level: 3 }]
        .map(|with| envelope(&Redis::builder().compress_over(4_096).compression(with)));
    for envelope in [&lz4, &zstd] {
        assert!(envelope.wrap(KEY, vec![1; 4_097]).unwrap().len() < 100);
        assert_eq!(envelope.wrap(KEY, vec![1; 4_096]).unwrap(), [1; 4_096]);
        // No two of these numbers have much in common.
        let noise: Vec<u8> = (0..2_000_u64).flat_map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes()).collect();
        let noise = [noise, vec![0; 500]].concat();
        assert_eq!(envelope.wrap(KEY, noise.clone()).unwrap(), noise, "the zeros alone are less than an eighth");
    }
    let text = b"a row of text, and ".repeat(500);
    assert!(zstd.wrap(KEY, text.clone()).unwrap().len() < lz4.wrap(KEY, text).unwrap().len());
}

#[test]
fn a_claimed_length_that_the_bytes_cannot_give_takes_no_room() {
    let reader = envelope(&Redis::builder());
    let claim = |form: u8, length: u32, contents: &[u8]| {
        let header = [&MAGIC[..], &[form], &[0; 8], &length.to_le_bytes()].concat();
        reader.unwrap(KEY, [&header[..], contents].concat())
    };
    let largest = u32::try_from(LARGEST).unwrap();
    let zeros = zstd::bulk::compress(&vec![0; 1 << 20], 3).unwrap();
    assert_eq!(claim(2, 1 << 20, &zeros), Some(vec![0; 1 << 20]));
    for length in [0, 1, (1 << 20) - 1, (1 << 20) + 1, largest, largest + 1, u32::MAX] {
        assert_eq!(claim(2, length, &zeros), None, "{length}");
        for contents in [&[][..], &[0x1f], &[0xff; 1_000], &[0; 1_000]] {
            assert!(claim(1, length, contents).is_none_or(|read| read.is_empty() && length == 0), "{length}");
        }
    }
    // A frame that says itself that it is of half a gibibyte, in a few bytes.
    let lies = [&b"\x28\xB5\x2F\xFD\xA0"[..], &largest.to_le_bytes(), &[0; 20_000]].concat();
    assert_eq!(claim(2, largest, &lies), None);
    assert_eq!(claim(3, 0, &[]), None, "a form of another release is a miss");
    assert_eq!(claim(127, 1, &[0; 10]), None);
}
