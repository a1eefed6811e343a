//! [`KeyPart`]: types that say themselves what they add to a key, and the standard library's.

use std::any::TypeId;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, LinkedList, VecDeque};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use super::Recorder;

/// A type that can be part of a cache key and says itself how.
///
/// Arguments need no impl: whatever is `Hash` or `serde::Serialize` can be a part. Implement it for a type whose `Hash`
/// leaves out something that the cached function reads (two values that differ only there would share a result). The
/// standard library has such types: a `Path` feeds its `Hash` the same for `/etc` and `etc`; larder records paths
/// exactly when they are arguments, but a *derived* `Hash` of a struct with a `PathBuf` in it does not see the difference.
/// Where only `Hash` is known of what is a path (a generic `P: AsRef<Path> + Hash`, a tuple of a path and a type of your
/// own), calls run uncached: write `key = path.as_ref()`, say.
///
/// What is recorded must differ whenever the values differ: record every field, in order, each through its own
/// `KeyPart`, [`Recorder::framed`] or [`Recorder::fixed`].
///
/// ```
/// use cache_core::key::{KeyPart, Recorder};
/// use std::path::PathBuf;
///
/// struct Config { path: PathBuf, retries: u32 }
///
/// impl KeyPart for Config {
///     fn record(&self, recorder: &mut Recorder) {
///         self.path.record(recorder);
///         self.retries.record(recorder);
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "this argument cannot be part of the cache key: `{Self}` is neither `Hash` nor `serde::Serialize`",
    label = "not a key part",
    note = "leave it out of the key with `#[cached(skip(<the argument>))]`, derive `Hash` or `serde::Serialize` for it, or implement `larder::KeyPart`"
)]
pub trait KeyPart {
    /// Records what tells this value from others of its type.
    fn record(&self, recorder: &mut Recorder);
}

macro_rules! numbers {
    ($($type:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl KeyPart for $type {
            fn record(&self, recorder: &mut Recorder) {
                recorder.fixed(self.to_le_bytes());
            }
        }
    )*};
}
// Floats by their bits: `0.0` and `-0.0` are two keys, and a NaN is equal to itself.
numbers! { u8 u16 u32 u64 u128 i8 i16 i32 i64 i128 f32 f64 }

macro_rules! converted {
    ($($type:ty: $value:ident => $as:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl KeyPart for $type {
            fn record(&self, recorder: &mut Recorder) {
                let $value = self;
                KeyPart::record(&$as, recorder);
            }
        }
    )*};
}
converted! {
    usize: n => *n as u64;
    isize: n => *n as i64;
    bool: b => u8::from(*b);
    char: c => u32::from(*c);
    String: s => s.as_str();
    PathBuf: p => p.as_path();
    OsString: s => s.as_os_str();
    Duration: d => (d.as_secs(), d.subsec_nanos());
}

#[diagnostic::do_not_recommend]
impl KeyPart for str {
    fn record(&self, recorder: &mut Recorder) {
        recorder.framed(self.as_bytes());
    }
}

/// Every byte counts: `a/b`, `a//b` and `a/./b` are three keys, and so are `/etc` and `etc`.
#[diagnostic::do_not_recommend]
impl KeyPart for Path {
    fn record(&self, recorder: &mut Recorder) {
        self.as_os_str().record(recorder);
    }
}

#[diagnostic::do_not_recommend]
impl KeyPart for OsStr {
    fn record(&self, recorder: &mut Recorder) {
        recorder.framed(self.as_encoded_bytes());
    }
}

/// Within one process only; its `Hash` would feed half of it.
#[diagnostic::do_not_recommend]
impl KeyPart for TypeId {
    fn record(&self, recorder: &mut Recorder) {
        recorder.framed(format!("{self:?}").as_bytes());
    }
}

macro_rules! transparent {
    ($($type:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: KeyPart + ?Sized> KeyPart for $type {
            fn record(&self, recorder: &mut Recorder) {
                (**self).record(recorder);
            }
        }
    )*};
}
transparent! { &T &mut T Box<T> Rc<T> Arc<T> }

#[diagnostic::do_not_recommend]
impl<T: KeyPart + ToOwned + ?Sized> KeyPart for Cow<'_, T> {
    fn record(&self, recorder: &mut Recorder) {
        (**self).record(recorder);
    }
}

#[diagnostic::do_not_recommend]
impl<T: KeyPart> KeyPart for Option<T> {
    fn record(&self, recorder: &mut Recorder) {
        match self {
            None => recorder.fixed([0]),
            Some(value) => {
                recorder.fixed([1]);
                value.record(recorder);
            }
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: KeyPart, E: KeyPart> KeyPart for Result<T, E> {
    fn record(&self, recorder: &mut Recorder) {
        match self {
            Ok(value) => {
                recorder.fixed([0]);
                value.record(recorder);
            }
            Err(error) => {
                recorder.fixed([1]);
                error.record(recorder);
            }
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: KeyPart> KeyPart for [T] {
    fn record(&self, recorder: &mut Recorder) {
        recorder.length(self.len());
        for item in self {
            item.record(recorder);
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: KeyPart, const N: usize> KeyPart for [T; N] {
    fn record(&self, recorder: &mut Recorder) {
        self.as_slice().record(recorder);
    }
}

macro_rules! sequences {
    ($($type:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: KeyPart> KeyPart for $type<T> {
            fn record(&self, recorder: &mut Recorder) {
                recorder.length(self.len());
                for item in self {
                    item.record(recorder);
                }
            }
        }
    )*};
}
sequences! { Vec VecDeque LinkedList BTreeSet }

/// In the order of the recorded bytes, since a hash set has none.
#[diagnostic::do_not_recommend]
impl<T: KeyPart, S> KeyPart for HashSet<T, S> {
    fn record(&self, recorder: &mut Recorder) {
        recorder.sorted(self.iter(), |recorder, item| item.record(recorder));
    }
}

macro_rules! maps {
    ($($type:ty [$($generics:tt)*])*) => {$(
        /// In the order of the recorded bytes.
        #[diagnostic::do_not_recommend]
        impl<K: KeyPart, V: KeyPart $($generics)*> KeyPart for $type {
            fn record(&self, recorder: &mut Recorder) {
                recorder.sorted(self.iter(), |recorder, item| item.record(recorder));
            }
        }
    )*};
}
maps! { HashMap<K, V, S> [, S] BTreeMap<K, V> [] }

macro_rules! tuples {
    ($(($($name:ident)*))*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: KeyPart),*> KeyPart for ($($name,)*) {
            #[allow(non_snake_case, unused_variables, reason = "one macro for every length, also zero")]
            fn record(&self, recorder: &mut Recorder) {
                let ($($name,)*) = self;
                $($name.record(recorder);)*
            }
        }
    )*};
}
tuples! { () (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H) (A B C D E F G H I) (A B C D E F G H I J) (A B C D E F G H I J K) (A B C D E F G H I J K L) }
