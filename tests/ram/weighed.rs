//! Values are weighed with what they have on the heap, by their own `Weigh` where they have one.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use larder::{Cache, Ram, Weigh, cached};
use serde::{Deserialize, Serialize};

use crate::install;

const KB: usize = 1_000;

fn text() -> String {
    "x".repeat(KB)
}

/// Says what it has.
#[derive(Clone, Serialize, Deserialize)]
struct Page {
    text: String,
}

impl Weigh for Page {
    fn heap_size(&self) -> usize {
        self.text.heap_size()
    }
}

/// The same, without serde.
#[derive(Clone)]
struct Object(String);

impl Weigh for Object {
    fn heap_size(&self) -> usize {
        self.0.heap_size()
    }
}

/// Says nothing.
#[derive(Clone, Serialize, Deserialize)]
struct Unweighed(String);

#[cached]
fn string(_n: usize) -> String {
    text()
}

#[cached]
fn list(_n: usize) -> Vec<u8> {
    vec![1; KB]
}

#[cached]
fn nested(_n: usize) -> Option<Vec<(u8, String)>> {
    Some(vec![(1, "x".repeat(KB / 2)), (2, "x".repeat(KB / 2))])
}

#[cached]
fn fallible(_n: usize) -> Result<Arc<str>, String> {
    Ok(text().into())
}

#[cached(cache_none)]
fn whole(_n: usize) -> Option<Box<str>> {
    Some(text().into())
}

#[cached]
fn owned(_n: usize) -> Cow<'static, str> {
    Cow::Owned(text())
}

#[cached(key = (text(), n))]
fn of_a_long_key(n: usize) -> u8 {
    n as u8
}

#[cached]
fn page(_n: usize) -> Page {
    Page { text: text() }
}

#[cached]
fn object(_n: usize) -> Object {
    Object(text())
}

#[cached]
fn generic<T: larder::Value + Weigh + std::hash::Hash + From<u8>>(_t: T, _n: usize) -> Vec<T> {
    vec![T::from(0); KB]
}

#[cached]
fn unweighed(_n: usize) -> Unweighed {
    Unweighed(text())
}

/// How many of a hundred are kept.
fn kept<V>(call: impl Fn(usize) -> V, is_there: impl Fn(usize) -> bool) -> usize {
    (0..100).for_each(|n| drop(call(n)));
    let kept = (0..100).filter(|n| is_there(*n)).count();
    larder::cache().blocking().clear().unwrap();
    kept
}

/// How many fit that take 1,000 bytes beside what is kept about them.
const FIT: std::ops::RangeInclusive<usize> = 15..=19;

#[test]
fn what_a_result_has_on_the_heap_counts() {
    install(Ram::builder().max_bytes(20 * KB as u64));
    macro_rules! fits {
        ($($name:ident)*) => {$(
            let fit = kept($name, |n| $name::peek(n).unwrap().is_some());
            assert!(FIT.contains(&fit), "{fit} of `{}`", stringify!($name));
        )*};
    }
    fits!(string list nested fallible whole owned of_a_long_key page object);
    let kept_in = kept(|n| generic(1_u8, n), |n| generic::peek(1_u8, n).is_ok_and(|it| it.is_some()));
    assert!(FIT.contains(&kept_in), "{kept_in}");
}

#[test]
fn a_result_that_does_not_say_what_it_has_counts_by_its_size() {
    install(Ram::builder().max_bytes(20 * KB as u64));
    assert_eq!(kept(unweighed, |n| unweighed::peek(n).unwrap().is_some()), 100);
}

/// How many of a hundred that are set directly are kept.
fn kept_of_set<V: larder::Storable>(value: impl Fn() -> V) -> usize {
    let cache = larder::cache().blocking();
    (0..100).for_each(|n| cache.set(&format!("{n}"), value(), 300).unwrap());
    let kept = (0..100).filter(|n| cache.get::<V>(&format!("{n}")).unwrap().is_some()).count();
    cache.clear().unwrap();
    kept
}

#[test]
fn values_that_are_set_directly_are_weighed_where_their_type_is_known() {
    install(Ram::builder().max_bytes(20 * KB as u64));
    assert!(FIT.contains(&kept_of_set(text)));
    assert!(FIT.contains(&kept_of_set(|| vec![1_u8; KB])));
    assert!(FIT.contains(&kept_of_set(|| vec![0.5_f64; KB / 8])));
    assert!(FIT.contains(&kept_of_set(|| Some(text()))));
    assert!(kept_of_set(|| HashMap::from([("key".to_owned(), text())])) < 19);
    // What is kept about each of them is all that counts.
    assert!(kept_of_set(|| Unweighed(text())) > 80 && kept_of_set(|| 7_u64) > 80);
}

#[test]
fn a_type_is_weighed_where_it_is_set_once_a_function_has_given_one() {
    install(Ram::builder().max_bytes(20 * KB as u64));
    assert!(kept_of_set(|| Page { text: text() }) > 50);
    page(1);
    assert!(FIT.contains(&kept_of_set(|| Page { text: text() })));
}

#[test]
fn a_type_is_weighed_where_it_is_set_once_the_handler_is_told_so() {
    install(Ram::builder().max_bytes(20 * KB as u64).weigh::<Page>());
    assert!(FIT.contains(&kept_of_set(|| Page { text: text() })));
}

#[test]
fn a_value_as_large_as_the_bound_is_kept_and_one_that_is_larger_is_not() {
    #[cached]
    fn of_length(megabytes: usize) -> Vec<u8> {
        vec![1; megabytes << 20]
    }
    // In as many shards as there may be.
    install(Ram::builder().threshold(10_000_000).max_bytes(64 << 20));
    let is_kept = |megabytes| of_length::peek(megabytes).unwrap().is_some();
    for megabytes in [63, 33, 40, 1] {
        of_length(megabytes);
        assert!(is_kept(megabytes), "{megabytes}");
    }
    assert!(is_kept(1) && !is_kept(63));
    of_length(64);
    assert!(is_kept(40) && is_kept(1) && !is_kept(64));
}

static CALLS: AtomicU64 = AtomicU64::new(0);

/// Is weighed by a function that calls others, and panics now and then.
#[derive(Clone)]
struct Difficult;

impl Weigh for Difficult {
    fn heap_size(&self) -> usize {
        let call = CALLS.fetch_add(1, SeqCst);
        string(call as usize % 30);
        assert!(!call.is_multiple_of(3), "a weigher that panics");
        KB
    }
}

#[cached]
fn difficult(_n: usize) -> Difficult {
    Difficult
}

#[test]
fn weighing_may_call_cached_functions_and_a_value_is_not_kept_if_it_panics() {
    install(Ram::builder().max_bytes(20 * KB as u64));
    std::panic::set_hook(Box::new(|_| ()));
    std::thread::scope(|scope| {
        for thread in 0..3 {
            scope.spawn(move || (0..1_000).for_each(|n| _ = difficult((n + thread) % 50)));
        }
    });
    let _ = std::panic::take_hook();
    larder::cache().blocking().clear().unwrap();
    CALLS.store(0, SeqCst);
    let _ = (difficult(0), difficult(1));
    assert!(difficult::peek(0).unwrap().is_none() && difficult::peek(1).unwrap().is_some());
    assert!(FIT.contains(&kept(string, |n| string::peek(n).unwrap().is_some())));
}

#[test]
fn a_value_is_weighed_once() {
    #[derive(Clone)]
    struct Asked;
    impl Weigh for Asked {
        fn heap_size(&self) -> usize {
            CALLS.fetch_add(1, SeqCst);
            KB
        }
    }
    #[cached]
    fn asked(_n: usize) -> Asked {
        Asked
    }
    let cache = |ram| Cache::builder().handler("ram", ram).build().unwrap();
    let lab = larder::test::lab_with(cache(Ram::builder().max_bytes(20 * KB as u64)));
    assert!(FIT.contains(&kept(asked, |n| asked::peek(n).unwrap().is_some())));
    assert_eq!(CALLS.load(SeqCst), 100);
    drop(lab);
    // Without a bound of bytes nobody asks.
    let _lab = larder::test::lab_with(cache(Ram::builder()));
    assert_eq!(kept(asked, |n| asked::peek(n).unwrap().is_some()), 100);
    assert_eq!(CALLS.load(SeqCst), 100);
}
