//! Fingerprints: the same for the same type, another for any other.
#![allow(
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs,
    dead_code
)]

use std::{
    any::type_name,
    collections::HashMap,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use cache_core::codec::{RawBytes, check, decode, encode, fingerprint};
use serde::{Deserialize, Deserializer, Serialize, de};

/// Two types of one full name, as two builds of one program have them: only the schema can tell them apart.
macro_rules! fingerprints {
    ({ $($first:item)* } { $($second:item)* }) => {{
        let first = {
            $(#[derive(Deserialize)] $first)*
            (type_name::<T>(), fingerprint::<T>())
        };
        let second = {
            $(#[derive(Deserialize)] $second)*
            (type_name::<T>(), fingerprint::<T>())
        };
        assert_eq!(first.0, second.0, "the names would tell them apart");
        (first.1, second.1)
    }};
}

macro_rules! differ {
    ($($test:ident $first:tt $second:tt)*) => {$(
        #[test]
        fn $test() {
            let (first, second) = fingerprints!($first $second);
            assert_ne!(first, second);
        }
    )*};
}

differ! {
    swapped_fields_of_one_type_differ
        { struct T { a: u8, b: u8 } } { struct T { b: u8, a: u8 } }
    a_renamed_field_differs
        { struct T { a: u8 } } { struct T { b: u8 } }
    an_added_field_differs
        { struct T { a: u8 } } { struct T { a: u8, #[serde(default)] b: Option<u8> } }
    a_wider_number_differs
        { struct T { a: u32 } } { struct T { a: u64 } }
    a_signed_number_differs
        { struct T { a: u32 } } { struct T { a: i32 } }
    bytes_instead_of_text_differ
        { struct T { a: String } } { struct T { a: Vec<u8> } }
    another_order_of_variants_differs
        { enum T { A, B } } { enum T { B, A } }
    a_renamed_variant_differs
        { enum T { A, B } } { enum T { A, C } }
    an_added_variant_differs
        { enum T { A } } { enum T { A, B } }
    the_content_of_a_late_variant_differs
        { enum T { A, B, C(u8), D { x: u8 } } } { enum T { A, B, C(u8), D { x: u16 } } }
    a_field_behind_values_that_refuse_differs
        { struct T { u: url::Url, w: chrono::DateTime<chrono::Utc>, n: std::num::NonZeroU8, i: uuid::Uuid, z: u8 } }
        { struct T { u: url::Url, w: chrono::DateTime<chrono::Utc>, n: std::num::NonZeroU8, i: uuid::Uuid, z: i8 } }
    an_element_behind_values_that_refuse_differs
        { struct T(url::Url, uuid::Uuid, u8); } { struct T(url::Url, uuid::Uuid, i8); }
    the_inside_of_what_refuses_differs
        { struct U { u: url::Url, x: u8 } struct T { a: Vec<U>, b: HashMap<String, U> } }
        { struct U { u: url::Url, x: u16 } struct T { a: Vec<U>, b: HashMap<String, U> } }
    generics_of_one_name_differ
        { struct G<X> { x: X } struct T { a: G<u8>, b: G<String> } }
        { struct G<X> { x: X } struct T { a: G<String>, b: G<u8> } }
    generic_enums_of_one_name_differ
        { enum G<X> { A(X), B } struct T { a: G<u8>, b: G<String> } }
        { enum G<X> { A(X), B } struct T { a: G<u8>, b: G<u16> } }
    a_recursive_enum_differs_in_its_leaf
        { enum T { Add(Box<T>, Box<T>), Leaf(u8) } } { enum T { Add(Box<T>, Box<T>), Leaf(u16) } }
    a_nested_option_differs
        { struct T { a: Option<Option<u8>> } } { struct T { a: Option<u8> } }
    a_variant_of_a_tagged_enum_differs
        { #[serde(tag = "t")] enum T { A { x: u8 }, B { y: u8 } } }
        { #[serde(tag = "t")] enum T { A { x: u8 }, C { y: u8 } } }
    a_field_of_a_tagged_enum_differs
        { #[serde(tag = "t")] enum T { A { x: u8 }, B { y: u8 } } }
        { #[serde(tag = "t")] enum T { A { x: u8 }, B { z: u8 } } }
    the_type_of_a_field_of_a_tagged_enum_differs
        { #[serde(tag = "t")] enum T { A { x: u8 }, B { y: u8 } } }
        { #[serde(tag = "t")] enum T { A { x: u8 }, B { y: String } } }
    the_variants_of_an_adjacently_tagged_enum_differ
        { #[serde(tag = "t", content = "c")] enum T { A { x: u8 }, B(u8) } }
        { #[serde(tag = "t", content = "c")] enum T { A { x: u8 }, B(i8) } }
    a_field_beside_a_flattened_one_differs
        { struct I { x: u8 } struct T { a: u8, #[serde(flatten)] i: I } }
        { struct I { x: u8 } struct T { b: u8, #[serde(flatten)] i: I } }
    a_field_of_a_flattened_struct_differs
        { struct I { x: u8 } struct T { a: u8, #[serde(flatten)] i: I } }
        { struct I { y: u8 } struct T { a: u8, #[serde(flatten)] i: I } }
}

#[test]
fn the_same_type_twice_is_the_same() {
    let (first, second) = fingerprints!({ struct T { a: u8, b: Vec<String> } } { struct T { a: u8, b: Vec<String> } });
    assert_eq!(first, second);
}

#[test]
fn types_of_one_schema_and_two_names_differ() {
    #[derive(Deserialize)]
    struct Meters(f64);
    #[derive(Deserialize)]
    struct Feet(f64);
    assert_ne!(fingerprint::<Meters>(), fingerprint::<Feet>());
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
struct Row {
    id: uuid::Uuid,
    when: chrono::DateTime<chrono::Utc>,
    score: f64,
    tags: Vec<String>,
    kind: Kind,
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
enum Kind {
    Plain,
    Nested(Option<Box<Row>>),
    Fields { a: u8, b: (u8, i64) },
}

/// Another process, another day, another build profile: the same number. It may change with the layout of payloads,
/// with the module of `Row`, or with a compiler that spells `type_name` differently; then every entry is a miss once.
#[test]
fn a_fingerprint_is_the_same_in_every_process() {
    assert_eq!(type_name::<Row>(), "fingerprints::Row");
    assert_eq!(fingerprint::<Row>(), EXPECTED, "{:#x}", fingerprint::<Row>());
}

const EXPECTED: u64 = 0x5A50_2E9C_4D79_BA6C;

#[test]
fn a_fingerprint_is_the_same_on_every_thread() {
    #[derive(Deserialize)]
    struct Fresh(Vec<Row>);
    let threads: Vec<_> = (0..8).map(|_| thread::spawn(fingerprint::<Fresh>)).collect();
    let all: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn a_type_is_traced_once() {
    static READS: AtomicUsize = AtomicUsize::new(0);
    struct Counting;
    impl<'de> Deserialize<'de> for Counting {
        fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
            READS.fetch_add(1, Ordering::Relaxed);
            <()>::deserialize(d).map(|()| Self)
        }
    }
    let first = fingerprint::<Counting>();
    assert_eq!((fingerprint::<Counting>(), READS.load(Ordering::Relaxed)), (first, 1));
}

#[test]
fn a_type_that_panics_on_made_up_values_is_opaque() {
    #[derive(Serialize, Debug, PartialEq)]
    struct Moody(u8);
    impl<'de> Deserialize<'de> for Moody {
        fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
            let value = u8::deserialize(d)?;
            assert!(value > 100, "a value that it has never seen");
            Ok(Self(value))
        }
    }
    assert_eq!(fingerprint::<Moody>(), fingerprint::<Moody>());
    let mut bytes = Vec::new();
    let format = encode(&Moody(200), &mut bytes).unwrap();
    assert_eq!(decode::<Moody>(format, &bytes), Ok(Moody(200)));
}

#[test]
fn a_type_that_never_can_be_read_is_refused_at_start_up() {
    #[derive(Debug)]
    struct Never;
    impl<'de> Deserialize<'de> for Never {
        fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
            Err(de::Error::custom("only for show"))
        }
    }
    let why = check::<Never>().unwrap_err().to_string();
    assert!(why.contains("Never` cannot be stored as bytes: its `Deserialize` refuses"), "{why}");
    assert_eq!(check::<Row>(), Ok(()));
    assert_eq!(check::<url::Url>(), Ok(()));
    assert_eq!(check::<serde_json::Value>(), Ok(()));
}

#[test]
fn enormous_types_are_traced_in_bounded_time() {
    macro_rules! doubled {
        ($($outer:ident $inner:ident),*) => {$(
            #[derive(Deserialize)]
            struct $outer { a: Box<$inner>, b: Box<$inner>, c: Vec<$inner>, d: Option<Box<$inner>> }
        )*};
    }
    #[derive(Deserialize)]
    enum Leaf {
        A(url::Url),
        B(Box<A>),
        C,
    }
    doubled!(A B, B C, C D, D E, E F, F G, G H, H I, I J, J K, K L, L M, M Leaf);
    let start = std::time::Instant::now();
    assert_ne!(fingerprint::<A>(), fingerprint::<B>());
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
}

#[test]
fn raw_types_share_a_fingerprint_where_they_share_their_bytes() {
    assert_eq!(<Vec<u8> as RawBytes>::FINGERPRINT, <std::sync::Arc<[u8]> as RawBytes>::FINGERPRINT);
    assert_eq!(<String as RawBytes>::FINGERPRINT, <Box<str> as RawBytes>::FINGERPRINT);
    assert_ne!(<Vec<u8> as RawBytes>::FINGERPRINT, <String as RawBytes>::FINGERPRINT);
}
