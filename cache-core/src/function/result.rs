//! The result of an annotated function, by its real type: what of it is stored, in which form, and what those who
//! waited for it get. Generated code chooses by method resolution on references (see [`crate::key::Argument`]), so an
//! alias of `Result` is a `Result`.

use std::marker::PhantomData;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::entry::Object;
use crate::form::Codec;

/// What can be stored: a type of its own, that others can get a copy of. Implemented for every such type; generic code
/// may name it as a bound.
///
/// ```
/// use cache_core::Value;
///
/// fn keep<T: Value>(value: &T) -> Box<dyn std::any::Any + Send + Sync> {
///     Box::new(value.clone())
/// }
/// assert!(keep(&"text").is::<&str>());
/// ```
#[diagnostic::on_unimplemented(
    message = "the result `{Self}` cannot be cached: it is not `Clone + Send + Sync + 'static`",
    label = "not cacheable",
    note = "derive `Clone` for it, or return an `Arc` of it; where there is an `Rc`, `Cell` or `RefCell` inside, take `Arc` or `Mutex`"
)]
pub trait Value: Clone + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static> Value for T {}

/// What a handler of bytes can store. Implemented for every type that is `Serialize + DeserializeOwned`; generic code may
/// name it as a bound.
#[diagnostic::on_unimplemented(
    message = "the result `{Self}` cannot be kept as bytes: it is not `serde::Serialize + serde::de::DeserializeOwned`",
    label = "not storable on a handler of bytes",
    note = "derive `Serialize` and `Deserialize` for it, or use a handler that keeps objects, such as `handler = \"ram\"`"
)]
pub trait BytesValue {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> BytesValue for T {}

/// A value of the return type, for an `async` body: it is never called, but gives inference, coercions and `?` the
/// type that an async block cannot be annotated with.
///
/// # Panics
/// Always; the generated call of it is unreachable.
#[allow(clippy::panic, reason = "generated behind `if false`")]
pub fn never<R>() -> R {
    unreachable!("generated behind `if false`")
}

/// The return type of an annotated function.
#[derive(Debug)]
pub struct Returns<R>(PhantomData<fn() -> R>);

/// What an [`Outcome`] stores.
#[derive(Debug)]
pub struct Kept<V>(PhantomData<fn() -> V>);

impl<T> Clone for Returns<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Returns<T> {}

/// Its methods take it by value: those are found before the methods of any trait.
impl<R> Returns<R> {
    /// The return type `R`.
    #[allow(clippy::new_without_default, reason = "generated code must not need a trait of the prelude")]
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }

    /// What `outcome` stores of it.
    pub const fn kept<O: Outcome<R>>(self, _outcome: O) -> Kept<O::Value> {
        Kept(PhantomData)
    }

    /// Asserts that it can be stored at all.
    pub const fn require_value<O: Outcome<R>>(self, _outcome: O)
    where
        O::Value: Value,
    {
    }

    /// Asserts that a handler of bytes can store it.
    pub const fn require_bytes<O: Outcome<R>>(self, _outcome: O)
    where
        O::Value: BytesValue,
    {
    }

    /// Results that are not shared with those who waited unless they are stored.
    #[must_use]
    pub const fn not_shared(self) -> Option<Share<R>> {
        None
    }
}

impl<V: Value> Kept<V> {
    /// Objects only, whatever else the type can do.
    #[must_use]
    pub const fn object(self) -> Codec {
        Codec::object::<V>()
    }
}

/// What a run gave, seen by the cache.
#[derive(Debug)]
pub enum Split<V> {
    /// This is stored.
    Value(V),
    /// Complete, and not stored: what was stored before is removed.
    Nothing,
    /// The run failed: what was stored before stays.
    Failed,
}

/// How a result falls into what is stored and what is not.
pub trait Outcome<R>: Copy {
    /// What is stored.
    type Value;
    /// What is stored of `result`.
    ///
    /// That it can be copied is asked for here only, so that a value that cannot be is refused by [`Value`], in whose
    /// words the reason is said.
    fn split(result: &R) -> Split<Self::Value>
    where
        Self::Value: Clone;
    /// The result that `value` was stored of.
    fn join(value: Self::Value) -> R;
}

/// `Ok` is stored, `Err` is not.
#[derive(Clone, Copy, Debug)]
pub struct ResultOutcome;
/// `Some` is stored, `None` is not.
#[derive(Clone, Copy, Debug)]
pub struct OptionOutcome;
/// Every result is stored.
#[derive(Clone, Copy, Debug)]
pub struct PlainOutcome;

impl<T, E> Outcome<Result<T, E>> for ResultOutcome {
    type Value = T;

    fn split(result: &Result<T, E>) -> Split<T>
    where
        T: Clone,
    {
        match result {
            Ok(value) => Split::Value(value.clone()),
            Err(_) => Split::Failed,
        }
    }

    fn join(value: T) -> Result<T, E> {
        Ok(value)
    }
}

impl<T> Outcome<Option<T>> for OptionOutcome {
    type Value = T;

    fn split(result: &Option<T>) -> Split<T>
    where
        T: Clone,
    {
        match result {
            Some(value) => Split::Value(value.clone()),
            None => Split::Nothing,
        }
    }

    fn join(value: T) -> Option<T> {
        Some(value)
    }
}

impl<R> Outcome<R> for PlainOutcome {
    type Value = R;

    fn split(result: &R) -> Split<R>
    where
        R: Clone,
    {
        Split::Value(result.clone())
    }

    fn join(value: R) -> R {
        value
    }
}

macro_rules! levels {
    ($($(#[$meta:meta])* $trait:ident $plain:ident, $err:ident, $none:ident, $both:ident;)*) => {$(
        $(#[$meta])*
        pub trait $trait {
            /// Without `cache_err` and `cache_none`.
            fn larder_outcome(&self) -> $plain {
                $plain
            }
            /// With `cache_err`.
            fn larder_outcome_err(&self) -> $err {
                $err
            }
            /// With `cache_none`.
            fn larder_outcome_none(&self) -> $none {
                $none
            }
            /// With both.
            fn larder_outcome_err_none(&self) -> $both {
                $both
            }
        }
    )*};
}
levels! {
    /// The first level: the type is a `Result`.
    IsResult ResultOutcome, PlainOutcome, ResultOutcome, PlainOutcome;
    /// The second level: the type is an `Option`.
    IsOption OptionOutcome, OptionOutcome, PlainOutcome, PlainOutcome;
    /// The last level: any other type.
    IsPlain PlainOutcome, PlainOutcome, PlainOutcome, PlainOutcome;
}

impl<T, E> IsResult for &&Returns<Result<T, E>> {}
impl<T> IsOption for &Returns<Option<T>> {}
impl<R> IsPlain for Returns<R> {}

/// The first level of how a value is kept: with serde, so handlers of bytes can keep it too.
pub trait ViaSerde {
    /// How it is kept.
    fn larder_codec(&self) -> Codec;
}

impl<V: Value + Serialize + DeserializeOwned> ViaSerde for &Kept<V> {
    fn larder_codec(&self) -> Codec {
        Codec::serde::<V>()
    }
}

/// The last level of how a value is kept: as an object only.
pub trait ViaObject<V> {
    /// How it is kept, if it can be at all.
    fn larder_codec(&self) -> Codec
    where
        V: Value;
}

impl<V> ViaObject<V> for Kept<V> {
    fn larder_codec(&self) -> Codec
    where
        V: Value,
    {
        Codec::object::<V>()
    }
}

/// How a result that is not stored is shared with those who waited for it.
#[derive(Debug)]
pub struct Share<R> {
    pub(crate) give: fn(&R) -> Object,
    pub(crate) take: fn(&Object) -> Option<R>,
}

impl<R> Clone for Share<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Share<R> {}

/// The first level of sharing: the result can be copied.
pub trait Shared<R> {
    /// How it is shared.
    fn larder_share(&self) -> Option<Share<R>>;
}

impl<R: Clone + Send + Sync + 'static> Shared<R> for &Returns<R> {
    fn larder_share(&self) -> Option<Share<R>> {
        Some(Share { give: |result| Arc::new(result.clone()), take: |object| object.downcast_ref::<R>().cloned() })
    }
}

/// The last level of sharing: it cannot be copied, so those who waited run for themselves.
pub trait NotShared<R> {
    /// How it is shared: not at all.
    fn larder_share(&self) -> Option<Share<R>>;
}

impl<R> NotShared<R> for Returns<R> {
    fn larder_share(&self) -> Option<Share<R>> {
        None
    }
}
