//! Every serde attribute: the value comes back exactly, or is refused.
#![allow(
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs
)]

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet},
    fmt::Debug,
    net::IpAddr,
    num::NonZeroU32,
    rc::Rc,
    sync::Arc,
    time::{Duration, SystemTime},
};

use cache_core::codec::{Format, Unstorable, decode, encode, encode_if_same};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

fn round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug + 'static>(value: T) -> Format {
    let mut bytes = b"before".to_vec();
    let format = encode(&value, &mut bytes).unwrap_or_else(|why| panic!("{value:?}: {why}"));
    assert_eq!(&bytes[..6], b"before");
    assert_eq!(decode::<T>(format, &bytes[6..]).as_ref(), Ok(&value));
    format
}

fn compact<T: Serialize + DeserializeOwned + PartialEq + Debug + 'static>(value: T) {
    assert_eq!(round_trip(value), Format::Compact);
}

fn named<T: Serialize + DeserializeOwned + PartialEq + Debug + 'static>(value: T) {
    assert_eq!(round_trip(value), Format::Named);
}

#[track_caller]
fn refused<T: Serialize + DeserializeOwned + 'static>(value: T) -> Unstorable {
    let mut bytes = b"before".to_vec();
    let why = encode(&value, &mut bytes).expect_err("it was stored");
    assert_eq!(bytes, b"before", "a refused value leaves nothing behind");
    why
}

fn is_zero(value: &u8) -> bool {
    *value == 0
}

fn one() -> u8 {
    1
}

#[test]
fn a_field_left_out_when_it_is_zero_comes_back_as_zero() {
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Row {
        #[serde(default, skip_serializing_if = "is_zero")]
        a: u8,
        b: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        c: Option<String>,
    }
    named(Row { a: 0, b: 300, c: None });
    named(Row { a: 0, b: 300, c: Some("x".into()) });
    compact(Row { a: 1, b: 300, c: Some("x".into()) });
    named(vec![Row { a: 0, b: 1, c: None }, Row { a: 2, b: 3, c: Some("y".into()) }]);
}

#[test]
fn a_default_that_is_not_what_was_left_out_is_refused() {
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Row {
        #[serde(default = "one", skip_serializing_if = "is_zero")]
        a: u8,
    }
    refused(Row { a: 0 });
    compact(Row { a: 2 });
}

#[test]
fn a_field_written_but_never_read_is_refused_by_name() {
    #[derive(Serialize, Deserialize)]
    struct Row {
        a: u8,
        #[serde(skip_deserializing, default)]
        c: u16,
        b: u8,
    }
    let why = refused(Row { a: 1, c: 2, b: 3 }).to_string();
    assert!(why.contains("the field `c` of `Row` is written but never read back"), "{why}");
    assert!(why.contains("handler of objects"), "{why}");
}

#[test]
fn a_field_read_but_never_written_is_refused_by_name() {
    #[derive(Serialize, Deserialize)]
    #[allow(dead_code)]
    struct User {
        name: String,
        #[serde(skip_serializing, default)]
        password: String,
    }
    let why = refused(User { name: "n".into(), password: "p".into() }).to_string();
    assert!(why.contains("the field `password` of `User` is read back but never written"), "{why}");
    #[derive(Serialize, Deserialize)]
    #[allow(dead_code)]
    struct Swap {
        #[serde(skip_serializing, default)]
        a: u8,
        #[serde(skip_deserializing)]
        b: u8,
    }
    refused(Swap { a: 1, b: 2 });
}

#[test]
fn other_names_for_reading_than_for_writing_are_refused() {
    #[derive(Serialize, Deserialize)]
    struct Row {
        #[serde(rename(deserialize = "userName"))]
        user_name: String,
    }
    refused(Row { user_name: "n".into() });
}

#[test]
fn renames_and_aliases_come_back() {
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Row {
        user_name: String,
        #[serde(rename = "Zed", alias = "anton", alias = "ZZ")]
        z: u8,
        #[serde(alias = "Q")]
        q: Option<u8>,
    }
    round_trip(Row { user_name: "n".into(), z: 3, q: None });
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Plain {
        #[serde(rename = "y")]
        x: u8,
    }
    compact(Plain { x: 3 });
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Inner {
    x: u8,
    y: Option<Option<u16>>,
    ip: IpAddr,
}

fn inner() -> Inner {
    Inner { x: 1, y: Some(None), ip: "10.0.0.1".parse().unwrap() }
}

#[test]
fn tagged_enums_come_back() {
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    #[serde(tag = "type")]
    enum Internal {
        Unit,
        New(Inner),
        Fields { a: u8, b: String, c: (u8, f32) },
    }
    named(vec![Internal::Unit, Internal::New(inner()), Internal::Fields { a: 1, b: "b".into(), c: (1, 0.5) }]);
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    #[serde(tag = "t", content = "c")]
    enum Adjacent {
        Unit,
        New(Inner),
        Tuple(u8, String),
        Fields { a: u8 },
    }
    for value in [Adjacent::Unit, Adjacent::New(inner()), Adjacent::Tuple(1, "x".into()), Adjacent::Fields { a: 1 }] {
        round_trip(value);
    }
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    #[serde(untagged)]
    enum Untagged {
        Number(u64),
        Text(String),
        New(Inner),
        List(Vec<Untagged>),
        Unit,
    }
    named(Untagged::List(vec![
        Untagged::Number(1),
        Untagged::Text("t".into()),
        Untagged::New(inner()),
        Untagged::Unit,
    ]));
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    #[serde(tag = "type")]
    struct Tagged {
        a: u8,
    }
    round_trip(Tagged { a: 1 });
}

#[test]
fn an_untagged_variant_that_reads_as_another_is_refused() {
    #[derive(Serialize, Deserialize, Debug)]
    #[serde(untagged)]
    enum Either {
        Small { x: u8 },
        Large { x: u16 },
    }
    let mut bytes = Vec::new();
    assert_eq!(encode(&Either::Large { x: 500 }, &mut bytes), Ok(Format::Named));
    assert_eq!(encode(&Either::Small { x: 5 }, &mut bytes), Ok(Format::Named));
    refused(Either::Large { x: 5 });
}

#[test]
fn flattened_structs_come_back() {
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Outer {
        id: u32,
        #[serde(flatten)]
        inner: Inner,
        #[serde(flatten)]
        more: HashMap<String, serde_json::Value>,
    }
    let more = (0..20).map(|n| (format!("k{n}"), serde_json::json!([n, null, {"a": 1.5}]))).collect();
    named(Outer { id: 1, inner: inner(), more });
}

#[test]
fn enums_with_skipped_variants_come_back() {
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    enum Letter {
        A,
        #[serde(skip)]
        #[allow(dead_code)]
        B,
        C(u8),
        D {
            x: u8,
        },
        #[serde(rename = "É")]
        E,
    }
    round_trip(Letter::A);
    named(Letter::C(1));
    named(vec![Letter::C(1), Letter::E, Letter::D { x: 1 }]);
}

#[test]
fn from_and_into_and_transparent_come_back() {
    #[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
    #[serde(from = "u32", into = "u32")]
    struct Id(u32);
    impl From<u32> for Id {
        fn from(id: u32) -> Self {
            Self(id)
        }
    }
    impl From<Id> for u32 {
        fn from(id: Id) -> Self {
            id.0
        }
    }
    compact(vec![Id(1), Id(70_000)]);
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    #[serde(transparent)]
    struct Clear {
        inner: Vec<u8>,
    }
    compact(Clear { inner: vec![1, 2] });
}

#[test]
fn kinds_that_differ_between_writing_and_reading_never_give_another_value() {
    fn as_i64<S: serde::Serializer>(value: &u64, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_i64(*value as i64)
    }
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Signed {
        #[serde(serialize_with = "as_i64")]
        n: u64,
    }
    named(Signed { n: 5 });
    refused(Signed { n: u64::MAX });
    fn trimmed<'de, D: serde::Deserializer<'de>>(d: D) -> Result<String, D::Error> {
        String::deserialize(d).map(|text| text.trim().to_owned())
    }
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Trimmed {
        #[serde(deserialize_with = "trimmed")]
        s: String,
    }
    compact(Trimmed { s: "x".into() });
    refused(Trimmed { s: " x".into() });
}

#[test]
fn what_serde_cannot_see_is_seen_by_comparing() {
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Row {
        a: f64,
        #[serde(skip)]
        hidden: u8,
    }
    let mut bytes = Vec::new();
    let same: fn(&Row, &Row) -> bool = |a, b| a == b;
    assert!(encode_if_same(&Row { a: 1.0, hidden: 1 }, &mut bytes, same).is_err());
    assert!(encode_if_same(&Row { a: 1.0, hidden: 0 }, &mut bytes, same).is_ok());
    assert!(encode_if_same(&Row { a: f64::NAN, hidden: 0 }, &mut bytes, same).is_ok());
}

#[test]
fn the_types_of_the_ecosystem_come_back() {
    let url: url::Url = "https://example.org/a?b=c".parse().unwrap();
    let when: chrono::DateTime<chrono::Utc> = "2024-02-29T12:00:00.123456789Z".parse().unwrap();
    compact((url.clone(), uuid::Uuid::from_u128(7), when, NonZeroU32::new(3).unwrap()));
    compact((Duration::new(1, 2), SystemTime::UNIX_EPOCH + Duration::new(5, 7), "::1".parse::<IpAddr>().unwrap()));
    named(serde_json::json!({"a": [1, -1, 1.5, "x", null, true], "b": {"c": u64::MAX}}));
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Api {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<url::Url>,
        id: uuid::Uuid,
        when: chrono::DateTime<chrono::Utc>,
        ip: IpAddr,
        n: NonZeroU32,
        span: Duration,
        #[serde(with = "serde_bytes")]
        bytes: Vec<u8>,
    }
    let api = |url| Api {
        url,
        id: uuid::Uuid::from_u128(7),
        when,
        ip: "10.0.0.1".parse().unwrap(),
        n: NonZeroU32::MIN,
        span: Duration::new(1, 2),
        bytes: vec![0, 255],
    };
    named(api(None));
    compact(api(Some(url)));
}

#[test]
fn the_types_of_the_standard_library_come_back() {
    compact(Some(None::<Option<u8>>));
    compact(vec![None, Some(())]);
    compact((i128::MIN, u128::MAX, i64::MIN, u64::MAX, i8::MIN, u8::MAX, i16::MIN, i32::MIN));
    compact((
        '\u{10FFFF}',
        "é".to_owned(),
        Cow::<str>::Owned("c".into()),
        Box::new(1_u8),
        Arc::new(2_u8),
        Rc::new(3_u8),
    ));
    compact(([1_u8; 32], [0_u16; 0], (), [(); 3], vec![(); 5], vec![[0_u8; 0]; 4]));
    compact((0..100).map(|n| (n, n.to_string())).collect::<HashMap<u32, String>>());
    compact((0..100).map(|n| (n, n.to_string())).collect::<BTreeMap<u32, String>>());
    compact((0..100).collect::<HashSet<u32>>());
    compact((0..100).collect::<BTreeSet<u32>>());
    compact((1..3, 1..=3, std::ops::Bound::Excluded(1_u8), Ok::<u8, String>(1), Err::<u8, String>("e".into())));
    let nan = f32::from_bits(0x7FC0_1234);
    let mut bytes = Vec::new();
    let format = encode(&(nan, -0.0_f64), &mut bytes).unwrap();
    let (back, zero) = decode::<(f32, f64)>(format, &bytes).unwrap();
    assert_eq!((back.to_bits(), zero.to_bits()), (nan.to_bits(), (-0.0_f64).to_bits()));
    let heap: BinaryHeap<u8> = vec![3, 1, 2].into();
    encode(&heap, &mut Vec::new()).unwrap();
}

#[test]
fn unordered_collections_come_back_beside_fields_left_out() {
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Row {
        #[serde(default, skip_serializing_if = "is_zero")]
        a: u8,
        tags: HashSet<String>,
        map: HashMap<String, HashSet<u32>>,
        x: Option<Option<i128>>,
        f: f32,
    }
    for n in 0..50 {
        named(Row {
            a: 0,
            tags: (0..n).map(|n| n.to_string()).collect(),
            map: (0..n).map(|n| (n.to_string(), (0..n).collect())).collect(),
            x: Some(None),
            f: 0.1,
        });
    }
}

#[test]
fn recursive_types_come_back() {
    #[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
    enum Expr {
        Add(Box<Expr>, Box<Expr>),
        Neg(Box<Expr>),
        Call { name: String, args: Vec<Expr> },
        Number(f64),
        Nothing,
    }
    let leaf = Expr::Call { name: "f".into(), args: vec![Expr::Number(1.0), Expr::Nothing] };
    compact(Expr::Add(Box::new(Expr::Neg(Box::new(leaf.clone()))), Box::new(leaf)));
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Node {
        next: Option<Box<Node>>,
        children: Vec<Node>,
    }
    compact(Node { next: Some(Box::new(Node { next: None, children: vec![] })), children: vec![] });
}

#[test]
fn a_value_nested_too_deep_is_refused() {
    #[derive(Serialize, Deserialize)]
    struct Node(Option<Box<Node>>);
    let mut node = Node(None);
    for _ in 0..1000 {
        node = Node(Some(Box::new(node)));
    }
    assert!(refused(node).to_string().contains("deeper than 128"));
}

#[test]
fn a_hand_written_length_that_is_wrong_never_gives_another_value() {
    struct Liar(Vec<u8>);
    impl Serialize for Liar {
        fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
            use serde::ser::SerializeSeq;
            let mut seq = s.serialize_seq(Some(1))?;
            self.0.iter().try_for_each(|byte| seq.serialize_element(byte))?;
            seq.end()
        }
    }
    impl<'de> Deserialize<'de> for Liar {
        fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
            Vec::deserialize(d).map(Self)
        }
    }
    let mut bytes = Vec::new();
    let format = encode(&Liar(vec![1, 2, 3]), &mut bytes).unwrap();
    assert_eq!(format, Format::Named);
    assert_eq!(decode::<Liar>(format, &bytes).unwrap().0, [1, 2, 3]);
}

#[test]
fn paths_markers_and_variants_with_fields_left_out_come_back() {
    use std::{ffi::OsString, marker::PhantomData, num::Wrapping, path::PathBuf};
    compact((
        PathBuf::from("/etc"),
        OsString::from("x"),
        PhantomData::<u8>,
        Wrapping(3_u8),
        std::cell::Cell::new(1_u8),
    ));
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    enum Event {
        Plain,
        Sent {
            #[serde(default, skip_serializing_if = "Option::is_none")]
            to: Option<Option<String>>,
            at: u64,
        },
    }
    named(vec![Event::Sent { to: None, at: 1 }, Event::Plain, Event::Sent { to: Some(Some("x".into())), at: 300 }]);
    compact(vec![Event::Sent { to: Some(None), at: 1 }, Event::Plain]);
}

#[test]
fn a_hand_written_field_left_out_without_saying_so_is_refused() {
    #[derive(Deserialize)]
    struct Row {
        a: u8,
        #[serde(default)]
        b: u8,
    }
    impl Serialize for Row {
        fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
            use serde::ser::SerializeStruct;
            let mut row = s.serialize_struct("Row", 1)?;
            row.serialize_field("a", &self.a)?;
            row.end()
        }
    }
    let row = Row { a: 1, b: 2 };
    assert_eq!(row.b, 2);
    assert!(refused(row).to_string().contains("the field `b` of `Row` is read back but never written"));
}

#[test]
fn a_struct_variant_that_loses_a_field_is_refused_by_name() {
    #[derive(Serialize, Deserialize)]
    enum Event {
        Sent {
            at: u64,
            #[serde(skip_serializing, default)]
            secret: u64,
        },
    }
    let why = refused(Event::Sent { at: 1, secret: 2 }).to_string();
    assert!(why.contains("the field `secret` of `Event::Sent`"), "{why}");
}
