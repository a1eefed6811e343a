//! What is read back from a store of bytes is what was stored, or it is a miss that is overwritten.

use std::collections::HashMap;
use std::fmt::Debug;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use larder::cached;
use serde::{Deserialize, Serialize};

use crate::support::{KINDS, Rig, Runs, rig};

static RUNS: Runs = Runs::new();

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Row {
    price: u32,
    stock: u32,
    name: String,
    tags: Vec<Option<String>>,
}

fn a_row() -> Row {
    Row { price: 199, stock: 7, name: "larder".into(), tags: vec![Some("a".into()), None] }
}

#[cached(name = "row", key = "{id}", tags = ["rows"])]
async fn row(id: u32) -> Row {
    RUNS.add();
    let _ = id;
    a_row()
}

fn only_key(rig: &Rig, pattern: &str) -> String {
    let mut keys: Vec<String> = redis::cmd("KEYS").arg(pattern).query(&mut rig.server.as_ref().unwrap().raw()).unwrap();
    assert_eq!(keys.len(), 1, "{keys:?}");
    keys.remove(0)
}

#[tokio::test]
async fn every_flipped_bit_and_every_lost_or_added_byte_is_a_miss_that_is_overwritten() {
    let rig = rig("redis");
    let _lab = larder::test::lab_with(rig.cache.clone());
    let mut raw = rig.server.as_ref().unwrap().raw();
    row(1).await;
    let key = only_key(&rig, "cache:f:*");
    assert_eq!(key, "cache:f:0:row:1", "the key can be read");
    let stored: Vec<u8> = redis::cmd("GET").arg(&key).query(&mut raw).unwrap();
    let flips = (0..stored.len() * 8).map(|bit| {
        let mut flipped = stored.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        flipped
    });
    let shorter = (0..stored.len()).map(|length| stored[..length].to_vec());
    let longer = [0, 1, 255].map(|byte| [&stored[..], &[byte]].concat());
    let foreign = ["", "1", "{}", "value"].map(|text| text.as_bytes().to_vec());
    RUNS.take();
    for damaged in flips.chain(shorter).chain(longer).chain(foreign) {
        redis::cmd("SET").arg(&key).arg(&damaged[..]).exec(&mut raw).unwrap();
        assert_eq!(row(1).await, a_row());
        assert_eq!(RUNS.take(), 1, "{damaged:?} was taken for an entry");
        assert_eq!(row(1).await, a_row());
        assert_eq!(RUNS.take(), 0, "{damaged:?} was not overwritten");
    }
}

#[tokio::test]
async fn an_entry_of_another_key_or_kind_is_a_miss() {
    let rig = rig("redis");
    let _lab = larder::test::lab_with(rig.cache.clone());
    let mut raw = rig.server.as_ref().unwrap().raw();
    row(1).await;
    row(2).await;
    RUNS.take();
    redis::cmd("COPY").arg("cache:f:0:row:1").arg("cache:f:0:row:2").arg("REPLACE").exec(&mut raw).unwrap();
    row(2).await;
    assert_eq!(RUNS.take(), 1);
    redis::cmd("DEL").arg("cache:f:0:row:2").exec(&mut raw).unwrap();
    redis::cmd("LPUSH").arg("cache:f:0:row:2").arg("a list").exec(&mut raw).unwrap();
    assert_eq!(row(2).await, a_row());
    assert_eq!(RUNS.take(), 1);
}

/// The same function in two releases: what the second reads was stored by the first.
macro_rules! releases {
    ($($name:ident: $($module:ident { $($item:item)* } $value:expr)*;)*) => {$(
        mod $name {
            $(pub mod $module {
                #[allow(unused_imports)]
                use serde::{Deserialize, Serialize};

                $(#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)] $item)*

                #[larder::cached(name = "release")]
                pub fn load(id: u32) -> T {
                    let _ = id;
                    $value
                }
            })*
        }
    )*};
}
releases! {
    swapped: old { pub struct T { pub price: u32, pub stock: u32 } } T { price: 199, stock: 7 }
             new { pub struct T { pub stock: u32, pub price: u32 } } T { stock: 7, price: 199 };
    renamed: old { pub struct T { pub price: u32 } } T { price: 1 }
             new { pub struct T { pub stock: u32 } } T { stock: 2 };
    widened: old { pub struct T { pub a: u32, pub b: u32 } } T { a: 5, b: 0 }
             new { pub struct T { pub a: i32, pub b: u32 } } T { a: -3, b: 0 };
    added:   old { pub struct T { pub a: u32 } } T { a: 1 }
             new { pub struct T { pub a: u32, #[serde(default)] pub b: u32 } } T { a: 1, b: 2 };
    removed: old { pub struct T { pub a: u32, pub b: u32 } } T { a: 1, b: 2 }
             new { pub struct T { pub a: u32 } } T { a: 3 };
    variants: old { pub enum T { A, B(u8) } } T::A
              new { pub enum T { B(u8), A } } T::B(7);
}

#[test]
fn a_type_that_changed_between_releases_is_a_miss_on_every_handler() {
    for kind in KINDS {
        macro_rules! check {
            ($($name:ident)*) => {$({
                let rig = rig(kind);
                let _lab = larder::test::lab_with(rig.cache.clone());
                let (old, new) = ($name::old::load(1), $name::new::load(1));
                assert_eq!(old, $name::old::load::uncached(1), "{kind}");
                assert_eq!(new, $name::new::load::uncached(1), "{kind}: {}", stringify!($name));
                assert_eq!($name::new::load::stats().runs, 1, "{kind}: {}", stringify!($name));
            })*};
        }
        check! { swapped renamed widened added removed variants }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Attributes {
    #[serde(default, skip_serializing_if = "is_zero")]
    a: u8,
    b: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    c: Option<Option<String>>,
    #[serde(flatten)]
    d: HashMap<String, u32>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(n: &u8) -> bool {
    *n == 0
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Untagged {
    Number(u32),
    Text(String),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
enum Tagged {
    One { n: u32 },
    Other { text: String },
}

macro_rules! values {
    ($($name:ident $type:ty = $value:expr;)*) => {
        $(
            #[cached(companions = false)]
            fn $name() -> $type {
                RUNS.add();
                $value
            }
        )*

        #[test]
        fn types_that_positions_cannot_express_come_back_exactly_on_every_handler() {
            for kind in KINDS {
                let rig = rig(kind);
                let _lab = larder::test::lab_with(rig.cache.clone());
                RUNS.take();
                $(
                    let stored: $type = $name();
                    assert_eq!((stored, RUNS.take()), ($value, 1), "{kind}: {}", stringify!($name));
                    let read: $type = $name();
                    assert_eq!((read, RUNS.take()), ($value, 0), "{kind}: {}", stringify!($name));
                )*
            }
        }
    };
}
values! {
    left_out Attributes = Attributes { a: 0, b: 300, c: None, d: HashMap::from([("x".to_owned(), 1)]) };
    kept Attributes = Attributes { a: 1, b: 2, c: Some(None), d: HashMap::new() };
    untagged Vec<Untagged> = vec![Untagged::Number(1), Untagged::Text("1".into())];
    tagged Vec<Tagged> = vec![Tagged::One { n: 1 }, Tagged::Other { text: "n".into() }];
    json serde_json::Value = serde_json::json!({"a": [1, -1, 1.5, null, "x", true], "b": {}});
    non_zero NonZeroU32 = NonZeroU32::MIN;
    url url::Url = "https://user@example.org:8080/a?b=c#d".parse().unwrap();
    date chrono::DateTime<chrono::Utc> = chrono::DateTime::from_timestamp(1_700_000_000, 123).unwrap();
    nested Option<Option<Option<()>>> = Some(Some(None));
    wide (u128, i128, char, f32) = (u128::MAX, i128::MIN, 'é', 0.1);
    bytes Vec<u8> = vec![0, 255, 10];
    text String = "text\0é".to_owned();
    unit () = ();
}

/// Reading one asks the cache for results, stored and new, on the handler that it is read from.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Asks(u32);

impl<'de> Deserialize<'de> for Asks {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u32::deserialize(deserializer)?;
        assert_ne!(PANICS.load(Ordering::SeqCst), number, "this one is not to be read");
        assert_eq!(text_of(number), number.to_string());
        assert_eq!(text_of::refresh(number), number.to_string());
        assert_eq!(list_of(number), [Some(number)]);
        Ok(Self(number))
    }
}

static PANICS: AtomicU32 = AtomicU32::new(u32::MAX);

#[cached]
fn text_of(number: u32) -> String {
    number.to_string()
}

#[cached(companions = false)]
fn list_of(number: u32) -> Vec<Option<u32>> {
    vec![Some(number)]
}

#[cached(companions = false)]
fn asks(number: u32) -> Asks {
    RUNS.add();
    Asks(number)
}

#[test]
fn a_value_can_ask_the_cache_while_it_is_read() {
    for kind in KINDS {
        let rig = rig(kind);
        let _lab = larder::test::lab_with(rig.cache.clone());
        assert_eq!((asks(1), asks(2)), (Asks(1), Asks(2)), "{kind}");
        RUNS.take();
        for _ in 0..3 {
            assert_eq!((asks(1), asks(2)), (Asks(1), Asks(2)), "{kind}");
        }
        assert_eq!(RUNS.take(), 0, "{kind}");
    }
}

#[test]
fn a_value_that_panics_while_it_is_read_does_no_harm_to_other_calls() {
    let rig = rig("disk");
    let _lab = larder::test::lab_with(rig.cache.clone());
    assert_eq!((asks(1), asks(2)), (Asks(1), Asks(2)));
    RUNS.take();
    PANICS.store(1, Ordering::SeqCst);
    for _ in 0..3 {
        assert!(std::panic::catch_unwind(|| asks(1)).is_err());
        assert_eq!(asks(2), Asks(2));
    }
    PANICS.store(u32::MAX, Ordering::SeqCst);
    assert_eq!((asks(1), text_of::refresh(1)), (Asks(1), "1".to_owned()));
    assert_eq!(RUNS.take(), 0);
}

/// Written, and never read back: on a store of bytes the value would come back another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Loses {
    a: u8,
    #[serde(skip_deserializing)]
    b: u16,
}

#[cached(companions = false)]
fn loses() -> Loses {
    RUNS.add();
    Loses { a: 1, b: 2 }
}

#[test]
fn a_value_that_would_not_come_back_exactly_is_not_stored() {
    for kind in ["disk", "redis"] {
        let rig = rig(kind);
        let _lab = larder::test::lab_with(rig.cache.clone());
        RUNS.take();
        for _ in 0..2 {
            assert_eq!(loses(), Loses { a: 1, b: 2 }, "{kind}");
        }
        assert_eq!(RUNS.take(), 2, "{kind}");
    }
}
