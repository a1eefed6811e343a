//! [`KeyPart`]: types that say themselves what they add to a key, and the standard library's.

use std::any::TypeId;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, LinkedList, VecDeque};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use super::{Exact, Recorder};

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

    /// The same without a buffer, for numbers and texts. An argument is taken for one of these by the name of its type, which
    /// may be a name of the user's.
    #[doc(hidden)]
    #[inline]
    fn larder_exact(&self) -> Exact<'_> {
        Exact::Other
    }
}

macro_rules! numbers {
    ($($type:ty: $bytes:literal, $value:ident => $as:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl KeyPart for $type {
            #[inline]
            fn record(&self, recorder: &mut Recorder) {
                let $value = *self;
                let number = $as;
                recorder.fixed(number.to_le_bytes());
            }

            #[inline]
            fn larder_exact(&self) -> Exact<'_> {
                let $value = *self;
                Exact::Number(u128::from($as), $bytes)
            }
        }
    )*};
}
// Floats by their bits: `0.0` and `-0.0` are two keys, and a NaN is equal to itself.
numbers! {
    u8: 1, n => n;
    u16: 2, n => n;
    u32: 4, n => n;
    u64: 8, n => n;
    u128: 16, n => n;
    usize: 8, n => n as u64;
    i8: 1, n => n.cast_unsigned();
    i16: 2, n => n.cast_unsigned();
    i32: 4, n => n.cast_unsigned();
    i64: 8, n => n.cast_unsigned();
    i128: 16, n => n.cast_unsigned();
    isize: 8, n => (n as i64).cast_unsigned();
    bool: 1, b => u8::from(b);
    char: 4, c => u32::from(c);
    f32: 4, x => x.to_bits();
    f64: 8, x => x.to_bits();
}

macro_rules! converted {
    ($($type:ty: $value:ident => $as:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl KeyPart for $type {
            #[inline]
            fn record(&self, recorder: &mut Recorder) {
                let $value = self;
                KeyPart::record(&$as, recorder);
            }
        }
    )*};
}
converted! {
    PathBuf: p => p.as_path();
    OsString: s => s.as_os_str();
    Duration: d => (d.as_secs(), d.subsec_nanos());
}

#[diagnostic::do_not_recommend]
impl KeyPart for str {
    #[inline]
    fn record(&self, recorder: &mut Recorder) {
        recorder.framed(self.as_bytes());
    }

    #[inline]
    fn larder_exact(&self) -> Exact<'_> {
        Exact::Text(self)
    }
}

#[diagnostic::do_not_recommend]
impl KeyPart for String {
    #[inline]
    fn record(&self, recorder: &mut Recorder) {
        self.as_str().record(recorder);
    }

    #[inline]
    fn larder_exact(&self) -> Exact<'_> {
        Exact::Text(self)
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
            #[inline]
            fn record(&self, recorder: &mut Recorder) {
                (**self).record(recorder);
            }

            #[inline]
            fn larder_exact(&self) -> Exact<'_> {
                (**self).larder_exact()
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
