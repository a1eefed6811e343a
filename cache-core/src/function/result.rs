//! The result of an annotated function, by its real type: what of it is stored. Generated code chooses by method
//! resolution on references (see [`crate::key::Argument`]), so an alias of `Result` is a `Result`.

use std::marker::PhantomData;

use super::kept::{BytesValue, Kept, Share};

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
        Kept::new()
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
    /// That it can be copied is asked for here only, so that a value that cannot be is refused by
    /// [`Value`](super::Value), in whose words the reason is said.
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
