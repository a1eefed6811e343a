//! What is told apart, and what is the same: never a value of another key.

use std::collections::{BTreeMap, HashMap};
use std::ffi::{OsStr, OsString};
use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use larder::cached;
use larder::key::Recorder;
use proptest::prelude::*;

use crate::support::{KINDS, Runs, rig};

static RUNS: Runs = Runs::new();

#[cached]
fn texts(a: &str, b: String, c: Option<&str>) -> String {
    format!("{a:?} {b:?} {c:?}")
}

#[cached]
fn lists(a: &[String], b: Vec<Vec<u8>>, c: (u8, Option<i16>)) -> String {
    format!("{a:?} {b:?} {c:?}")
}

#[cached]
fn paths(a: &Path, b: PathBuf, c: &OsStr, d: OsString) -> String {
    // The bytes, since a path is equal to another that differs in separators only.
    let bytes = [a.as_os_str(), b.as_os_str(), c, &d].map(OsStrExt::as_bytes);
    format!("{bytes:?}")
}

#[cached]
fn floats(a: f64, b: Vec<f32>, c: HashMap<String, f64>) -> String {
    let sorted: BTreeMap<_, _> = c.iter().map(|(key, value)| (key, value.to_bits())).collect();
    let bits: Vec<u32> = b.iter().map(|b| b.to_bits()).collect();
    format!("{} {bits:?} {sorted:?}", a.to_bits())
}

#[derive(Clone, Debug, Hash, PartialEq, Eq)]
enum Derived {
    Unit,
    Tuple(String, Vec<u16>),
    Struct { a: String, b: Box<Option<Derived>> },
}

#[cached]
fn derived(a: &Derived, b: Derived) -> String {
    format!("{a:?} {b:?}")
}

#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
struct Serialized {
    #[serde(default, skip_serializing_if = "is_zero")]
    a: u8,
    b: u64,
    c: BTreeMap<String, f64>,
    #[serde(flatten)]
    d: Flat,
}

#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
enum Flat {
    One { one: u32 },
    Two { two: String },
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(n: &u8) -> bool {
    *n == 0
}

#[cached]
fn serialized(a: &Serialized, b: Serialized) -> String {
    format!("{a:?} {b:?}")
}

fn derived_strategy() -> impl Strategy<Value = Derived> {
    let leaf = prop_oneof![
        Just(Derived::Unit),
        ("[ab]{0,3}", prop::collection::vec(0_u16..3, 0..3)).prop_map(|(a, b)| Derived::Tuple(a, b)),
    ];
    leaf.prop_recursive(3, 8, 1, |inner| {
        ("[ab]{0,2}", prop::option::of(inner)).prop_map(|(a, b)| Derived::Struct { a, b: Box::new(b) })
    })
}

fn serialized_strategy() -> impl Strategy<Value = Serialized> {
    let flat =
        prop_oneof![(0_u32..3).prop_map(|one| Flat::One { one }), "[ab]{0,2}".prop_map(|two| Flat::Two { two }),];
    (0_u8..200, 0_u64..600, prop::collection::btree_map("[ab]", 0_u8..3, 0..3), flat)
        .prop_map(|(a, b, c, d)| Serialized { a, b, c: c.into_iter().map(|(key, n)| (key, f64::from(n))).collect(), d })
}

fn short() -> impl Strategy<Value = String> + Clone {
    "[a:\u{0}/é]{0,4}"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Every call gets what the function itself gives for its arguments, whatever is cached by then.
    #[test]
    fn a_result_is_always_that_of_its_own_arguments(
        t in (short(), short(), prop::option::of(short())),
        l in (prop::collection::vec(short(), 0..3), prop::collection::vec(prop::collection::vec(0_u8..3, 0..3), 0..3), (0_u8..3, prop::option::of(0_i16..3))),
        p in (short(), short(), short(), short()),
        f in (prop::sample::select(vec![0.0, -0.0, 1.0, f64::NAN, f64::INFINITY]), prop::collection::vec(0.0_f32..2.0, 0..3), prop::collection::hash_map(short(), 0.0_f64..2.0, 0..4)),
        d in (derived_strategy(), derived_strategy()),
        s in (serialized_strategy(), serialized_strategy()),
    ) {
        LAB.with(|_| {
            let third = t.2.as_deref();
            assert_eq!(texts(&t.0, t.1.clone(), third), texts::uncached(&t.0, t.1.clone(), third));
            assert_eq!(lists(&l.0, l.1.clone(), l.2), lists::uncached(&l.0, l.1.clone(), l.2));
            let path = || (Path::new(&p.0), PathBuf::from(&p.1), OsStr::new(&p.2), OsString::from(&p.3));
            let (a, b, c, e) = path();
            assert_eq!(paths(a, b.clone(), c, e.clone()), paths::uncached(a, b, c, e));
            assert_eq!(floats(f.0, f.1.clone(), f.2.clone()), floats::uncached(f.0, f.1.clone(), f.2.clone()));
            assert_eq!(derived(&d.0, d.1.clone()), derived::uncached(&d.0, d.1.clone()));
            assert_eq!(serialized(&s.0, s.1.clone()), serialized::uncached(&s.0, s.1.clone()));
        });
    }
}

thread_local! {
    /// One lab for all cases of a property: each sees what the ones before it left.
    static LAB: larder::test::Lab = larder::test::lab();
}

#[test]
fn equal_arguments_are_one_key_whatever_the_order_of_a_map() {
    let _lab = larder::test::lab();
    for _ in 0..20 {
        // Each map has a random order of its own.
        let map: HashMap<String, f64> = (0..30).map(|n| (n.to_string(), 0.5)).collect();
        floats(f64::NAN, vec![1.5], map);
    }
    assert_eq!(floats::stats().runs, 1);
    texts("a", "b".to_owned(), None);
    let owned = String::from("a");
    texts(&owned, "b".to_owned(), None);
    assert_eq!(texts::stats().runs, 1);
}

#[test]
fn adversarial_pairs_are_apart() {
    let _lab = larder::test::lab();
    let pairs = [("ab", "c"), ("a", "bc"), ("", "abc"), ("abc", ""), ("a\0", "bc"), ("a", "\0bc")];
    for (a, b) in pairs {
        texts(a, b.to_owned(), None);
    }
    texts("ab", "c".to_owned(), Some(""));
    assert_eq!(texts::stats().runs as usize, pairs.len() + 1);
    for path in ["/etc", "etc", "/etc/", "e/tc", "et/c", "./etc", "/etc/.", "//etc"] {
        paths(Path::new(path), PathBuf::new(), OsStr::new(""), OsString::new());
    }
    assert_eq!(paths::stats().runs, 8);
    let not_utf8 = [&b"\xff"[..], b"\xfe", b"\xef\xbf\xbd"];
    for bytes in not_utf8 {
        paths(Path::new(""), PathBuf::new(), OsStr::from_bytes(bytes), OsString::new());
    }
    assert_eq!(paths::stats().runs, 11);
}

mod a {
    #[larder::cached]
    pub fn same_name(n: u64) -> String {
        format!("a {n}")
    }
}

mod b {
    #[larder::cached]
    pub fn same_name(n: u64) -> String {
        format!("b {n}")
    }
}

#[cached]
fn generic<T: Default + Debug, const N: usize>(n: u64) -> String {
    format!("{:?} {N} {n}", T::default())
}

fn local_one(n: u64) -> String {
    #[cached]
    fn inner(n: u64) -> String {
        format!("one {n}")
    }
    inner(n)
}

fn local_other(n: u64) -> String {
    #[cached]
    fn inner(n: u64) -> String {
        format!("other {n}")
    }
    inner(n)
}

#[cached(name = "versioned", version = 1)]
fn version_one(n: u64) -> String {
    format!("version 1 {n}")
}

#[cached(name = "versioned", version = 2)]
fn version_two(n: u64) -> String {
    format!("version 2 {n}")
}

struct One;
struct Other;

impl One {
    #[cached]
    fn assoc(n: u64) -> String {
        format!("One {n}")
    }
}

impl Other {
    #[cached]
    fn assoc(n: u64) -> String {
        format!("Other {n}")
    }
}

#[test]
fn functions_modules_types_type_parameters_and_versions_never_meet() {
    for kind in KINDS {
        let rig = rig(kind);
        let _lab = larder::test::lab_with(rig.cache.clone());
        for _ in 0..2 {
            assert_eq!((a::same_name(1), b::same_name(1)), ("a 1".into(), "b 1".into()), "{kind}");
            assert_eq!(generic::<u8, 1>(1), "0 1 1", "{kind}");
            assert_eq!(generic::<u8, 2>(1), "0 2 1", "{kind}");
            assert_eq!(generic::<String, 1>(1), "\"\" 1 1", "{kind}");
            assert_eq!((local_one(1), local_other(1)), ("one 1".into(), "other 1".into()), "{kind}");
            assert_eq!((version_one(1), version_two(1)), ("version 1 1".into(), "version 2 1".into()), "{kind}");
            assert_eq!((One::assoc(1), Other::assoc(1)), ("One 1".into(), "Other 1".into()), "{kind}");
        }
        rig.cache.blocking().set("1", 5_u64, 60).unwrap();
        assert_eq!(a::same_name(1), "a 1", "{kind}: nor do they meet what is set directly");
    }
}

/// A `Hash` that leaves a field out, which is legal, and a `KeyPart` that does not.
#[derive(Clone, Debug)]
struct Lossy {
    id: u32,
    name: String,
}

impl Hash for Lossy {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl larder::KeyPart for Lossy {
    fn record(&self, recorder: &mut Recorder) {
        self.id.record(recorder);
        self.name.record(recorder);
    }
}

#[cached]
fn named(lossy: Lossy) -> String {
    RUNS.add();
    lossy.name
}

#[test]
fn a_key_part_of_the_users_own_outranks_its_hash() {
    let _lab = larder::test::lab();
    assert_eq!(named(Lossy { id: 1, name: "a".into() }), "a");
    assert_eq!(named(Lossy { id: 1, name: "b".into() }), "b");
}

#[cached(name = "readable", key = "{a}{b}:{c}", ttl = 60)]
fn readable(a: &str, b: &str, c: &str) -> String {
    format!("{a}|{b}|{c}")
}

#[test]
fn readable_keys_are_apart_also_where_their_texts_would_not_be() {
    for kind in KINDS {
        let rig = rig(kind);
        let _lab = larder::test::lab_with(rig.cache.clone());
        let cases =
            [("ab", "c", "d"), ("a", "bc", "d"), ("a", "b:", "d"), ("a", "b", ":d"), ("%3A", "", ""), (":", "", "")];
        for _ in 0..2 {
            for (a, b, c) in cases {
                assert_eq!(readable(a, b, c), format!("{a}|{b}|{c}"), "{kind}");
            }
        }
        assert_eq!(readable::stats().runs as usize, cases.len(), "{kind}");
    }
}

#[cached(name = "sums", key = (a, b % 10), ttl = 60)]
fn by_expression(a: String, b: u32) -> String {
    RUNS.add();
    format!("{a} {}", b % 10)
}

#[test]
fn an_expression_can_be_the_key() {
    let _lab = larder::test::lab();
    assert_eq!(by_expression("x".into(), 12), "x 2");
    assert_eq!(by_expression("x".into(), 22), "x 2");
    assert_eq!(by_expression("y".into(), 22), "y 2");
    assert_eq!(by_expression::stats().runs, 2);
}
