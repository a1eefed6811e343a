//! Hostile bytes: an error or a value, never a panic or an overflow of the stack.
#![allow(
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs
)]

use std::collections::{BTreeMap, HashMap};

use cache_core::{
    codec::{Format, decode, decode_raw, encode},
    frame::read,
};
use proptest::prelude::*;
use serde::{Deserialize, Serialize, de::IgnoredAny};

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
enum Tree {
    Leaf(u8),
    Pair(Box<Tree>, Box<Tree>),
    Many { name: String, children: Vec<Tree>, more: BTreeMap<String, i64> },
    Maybe(Option<Box<Tree>>),
    Bytes(#[serde(with = "serde_bytes")] Vec<u8>, char, f64, i64, bool),
    Unit,
}

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
#[serde(tag = "t")]
enum Tagged {
    A {
        x: u8,
        tree: Vec<Tree>,
    },
    B(HashMap<String, String>),
    #[serde(other)]
    C,
}

#[derive(Serialize, Deserialize, Debug)]
struct Chain(Option<Box<Chain>>);

#[derive(Serialize, Deserialize, Debug)]
#[serde(transparent)]
struct Endless(Vec<Endless>);

fn sample() -> Tree {
    Tree::Many {
        name: "n".into(),
        children: vec![
            Tree::Pair(Box::new(Tree::Leaf(1)), Box::new(Tree::Maybe(None))),
            Tree::Bytes(vec![1, 2, 3], 'x', 0.5, -1, true),
            Tree::Unit,
        ],
        more: BTreeMap::from([("k".into(), -300)]),
    }
}

fn decode_all(bytes: &[u8]) {
    for format in [Format::Compact, Format::Named, Format::Raw] {
        let _ = decode::<Tree>(format, bytes);
        let _ = decode::<Tagged>(format, bytes);
        let _ = decode::<Chain>(format, bytes);
        let _ = decode::<Endless>(format, bytes);
        let _ = decode::<Vec<()>>(format, bytes);
        let _ = decode::<Vec<[u64; 32]>>(format, bytes);
        let _ = decode::<HashMap<String, Option<u32>>>(format, bytes);
        let _ = decode::<serde_json::Value>(format, bytes);
        let _ = decode::<(url::Url, uuid::Uuid, chrono::DateTime<chrono::Utc>)>(format, bytes);
        let _ = decode::<IgnoredAny>(format, bytes);
        let _ = decode_raw::<String>(format, bytes);
    }
    let _ = read(bytes, b"key");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        decode_all(&bytes);
    }

    #[test]
    fn random_tags_never_panic(bytes in prop::collection::vec(prop_oneof![0_u8..32, Just(1), Just(0), any::<u8>()], 0..300)) {
        decode_all(&bytes);
    }

    #[test]
    fn mutations_of_a_value_never_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..6),
        tagged in any::<bool>(),
    ) {
        let mut bytes = Vec::new();
        let format = if tagged {
            encode(&Tagged::A { x: 1, tree: vec![sample()] }, &mut bytes)
        } else {
            encode(&sample(), &mut bytes)
        };
        prop_assert_eq!(format, Ok(if tagged { Format::Named } else { Format::Compact }));
        for (at, byte, what) in changes {
            let at = at.index(bytes.len().max(1));
            match what {
                0 if at < bytes.len() => bytes[at] = byte,
                1 if at < bytes.len() => drop(bytes.remove(at)),
                _ => bytes.insert(at.min(bytes.len()), byte),
            }
        }
        decode_all(&bytes);
    }

    #[test]
    fn numbers_and_texts_come_back(value: (u64, i64, i128, u16, String, Vec<u8>, Option<Option<char>>, Vec<(i8, bool)>)) {
        let mut bytes = Vec::new();
        let format = encode(&value, &mut bytes).unwrap();
        prop_assert_eq!(decode(format, &bytes), Ok(value));
    }

    #[test]
    fn json_comes_back_or_is_refused(text in "[a-z]{0,5}", number: f64, int: i64) {
        let value = serde_json::json!({"text": text, "number": number, "int": int, "list": [null, int, number]});
        let mut bytes = Vec::new();
        let format = encode(&value, &mut bytes).unwrap();
        prop_assert_eq!(format, Format::Named);
        prop_assert_eq!(decode(format, &bytes), Ok(value));
    }
}

#[test]
fn deep_nesting_does_not_overflow_the_stack() {
    for byte in 0..=32 {
        decode_all(&vec![byte; 1 << 20]);
        // Sequences and maps of one element, in the named form, and variants with a known name.
        decode_all(&[byte, 1, 0, 0, 0].repeat(1 << 18));
        decode_all(&[byte, 1].repeat(1 << 18));
        decode_all(&[&[byte, 0, 5][..], b"Maybe", &[19, byte, 1].repeat(1 << 18)].concat());
    }
}

#[test]
fn a_list_of_nothing_is_not_counted_to_four_billion() {
    let start = std::time::Instant::now();
    for format in [Format::Compact, Format::Named] {
        assert!(decode::<Vec<()>>(format, &[0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0, 0]).is_err());
    }
    assert!(start.elapsed().as_secs() < 1);
}

#[test]
fn bytes_left_over_are_an_error() {
    for value in [sample(), Tree::Unit] {
        let mut bytes = Vec::new();
        let format = encode(&value, &mut bytes).unwrap();
        bytes.push(0);
        assert!(decode::<Tree>(format, &bytes).is_err());
    }
    let mut bytes = Vec::new();
    let format = encode(&serde_json::json!([1]), &mut bytes).unwrap();
    bytes.push(1);
    assert!(decode::<serde_json::Value>(format, &bytes).is_err());
}

#[test]
fn a_payload_is_never_read_as_another_type_of_the_same_bytes() {
    fn never<W: Serialize + serde::de::DeserializeOwned + 'static, R: serde::de::DeserializeOwned>(value: W) {
        let mut bytes = Vec::new();
        let format = encode(&value, &mut bytes).unwrap();
        assert_eq!(format, Format::Compact);
        assert!(decode::<R>(format, &bytes).is_err());
    }
    never::<u32, i32>(5);
    never::<String, Vec<u8>>("text".into());
    never::<(u8, u8, u8), [u8; 4]>((1, 2, 3));
    never::<((u8, u8), u8), (u8, (u8, u8))>(((1, 2), 3));
    never::<Vec<Vec<u8>>, Vec<u8>>(vec![vec![1], vec![2]]);
    never::<(u8, Vec<u8>), (Vec<u8>, u8)>((1, vec![2]));
    #[derive(Serialize, Deserialize)]
    struct First {
        a: u8,
        b: u8,
    }
    #[derive(Serialize, Deserialize)]
    struct Swapped {
        b: u8,
        a: u8,
    }
    never::<First, Swapped>(First { a: 1, b: 2 });
}

#[test]
fn nesting_of_a_large_type_does_not_overflow_the_stack() {
    #[derive(Serialize, Deserialize)]
    struct Large {
        ballast: [[u64; 32]; 8],
        next: Option<Box<Large>>,
    }
    let mut large = None;
    for _ in 0..128 {
        large = Some(Box::new(Large { ballast: [[1; 32]; 8], next: large }));
    }
    // Whether it fits depends on the build; that the process lives on does not.
    let mut bytes = Vec::new();
    if let Ok(format) = encode(&large, &mut bytes) {
        assert!(decode::<Option<Box<Large>>>(format, &bytes).is_ok());
    }
    decode_all(&bytes);
}
