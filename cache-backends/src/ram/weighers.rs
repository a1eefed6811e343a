//! How a value is weighed whose type is not known here: as its function says, or as another function with such results has said,
//! or as the standard library's types are.

#![allow(unsafe_code, reason = "a list that only grows, read without a lock")]

use std::any::TypeId;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};

use cache_core::{Entry, Weigher};

/// A type that was learned, and those that were learned before it.
struct Learned {
    weigher: Weigher,
    before: Option<&'static Learned>,
}

/// The type that was learned last. Without a lock, which the child of a fork could find held by nobody.
static LAST: AtomicPtr<Learned> = AtomicPtr::new(std::ptr::null_mut());

fn last() -> Option<&'static Learned> {
    // SAFETY: what is stored there was leaked and is never changed.
    unsafe { LAST.load(Ordering::Acquire).as_ref() }
}

fn learned(id: TypeId) -> Option<Weigher> {
    let all = std::iter::successors(last(), |learned| learned.before);
    all.map(|learned| learned.weigher).find(|weigher| weigher.id() == id)
}

/// From now on all values of this type are weighed by it.
pub(super) fn learn(weigher: Weigher) {
    if learned(weigher.id()).is_some() {
        return;
    }
    // Learned by two at once it is there twice, which does no harm.
    let node = Box::leak(Box::new(Learned { weigher, before: None }));
    let mut before = LAST.load(Ordering::Acquire);
    loop {
        // SAFETY: as in `last`.
        node.before = unsafe { before.as_ref() };
        match LAST.compare_exchange(before, node, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => return,
            Err(now) => before = now,
        }
    }
}

/// The bytes that the value of `entry` has on the heap, as far as that is known; none if whoever is asked panics.
pub(crate) fn heap_size(entry: &Entry) -> Option<u64> {
    let value = &*entry.value;
    let weigher = || learned(value.type_id()).or_else(|| common(value.type_id()));
    let Some(weigher) = entry.weigher.or_else(weigher) else {
        return Some(0);
    };
    let bytes = catch_unwind(AssertUnwindSafe(|| weigher.heap_size(value)));
    if bytes.is_err() {
        log::error!("the `Weigh` of a value panicked: it is not kept");
    }
    Some(bytes.ok()? as u64)
}

/// Types that are set directly, by and large: there their `Weigh` is not to be seen.
fn common(id: TypeId) -> Option<Weigher> {
    macro_rules! any_of {
        ($($type:ty),* $(,)?) => {
            $(if id == TypeId::of::<$type>() {
                return Some(Weigher::of::<$type>());
            })*
        };
    }
    macro_rules! with_lists {
        ($($type:ty),* $(,)?) => {
            $(any_of!($type, Vec<$type>, Option<$type>, Box<$type>, Arc<$type>, Box<[$type]>, Arc<[$type]>);)*
        };
    }
    with_lists!(String, Vec<u8>, Vec<String>, u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, f32, f64);
    with_lists!(bool, char, (String, String), (u64, String), (String, u64), (u64, u64), (f64, f64));
    any_of!(Box<str>, Arc<str>, Cow<'static, str>, Vec<Vec<f64>>, Vec<Vec<u64>>, Vec<Option<String>>);
    any_of!(std::path::PathBuf, std::ffi::OsString, Vec<std::path::PathBuf>);
    any_of!(HashMap<String, String>, HashMap<String, u64>, HashMap<String, i64>, HashMap<u64, String>);
    any_of!(BTreeMap<String, String>, BTreeMap<String, u64>, BTreeMap<String, i64>, BTreeMap<u64, String>);
    any_of!(HashMap<String, Vec<String>>, HashMap<String, f64>, BTreeMap<String, Vec<String>>, BTreeMap<String, f64>);
    None
}
