//! Whether a handler of bytes can keep a function's result, as a constant in its site, for `install()`.
//!
//! Method resolution cannot run in a constant; an inherent associated constant that is preferred over a trait's can.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Says at start-up whether values of a type come back from bytes as they were, or why not.
pub type Check = fn() -> Result<(), String>;

/// What a site knows of its result.
#[derive(Clone, Copy, Debug)]
pub enum Storable {
    /// Nothing before the first call: the type depends on generic parameters or on `Self`.
    Unknown,
    /// It has no form of bytes.
    No,
    /// It has, unless the check says otherwise.
    Yes(Check),
}

/// The first of the constants that is some: the value inside a `Result` or `Option` outranks the whole.
#[must_use]
pub const fn first(result: Option<Check>, option: Option<Check>, plain: Option<Check>) -> Storable {
    match (result, option, plain) {
        (Some(check), _, _) | (None, Some(check), _) | (None, None, Some(check)) => Storable::Yes(check),
        (None, None, None) => Storable::No,
    }
}

macro_rules! constants {
    ($($(#[$meta:meta])* $name:ident $fallback:ident [$($generics:tt)*] $whole:ty => $value:ty;)*) => {$(
        $(#[$meta])*
        #[derive(Debug)]
        pub struct $name<R>(PhantomData<fn() -> R>);

        /// The constant where the type is not of this kind, or not storable.
        pub trait $fallback {
            /// Not storable this way.
            const CHECK: Option<Check> = None;
        }

        impl<R> $fallback for $name<R> {}

        impl<T: Serialize + DeserializeOwned + 'static $($generics)*> $name<$whole> {
            /// Storable this way.
            pub const CHECK: Option<Check> = Some(crate::form::check::<$value>);
        }
    )*};
}
constants! {
    /// The whole result.
    AsPlain NotAsPlain [] T => T;
    /// The value inside a `Result`.
    AsResult NotAsResult [, E] Result<T, E> => T;
    /// The value inside an `Option`.
    AsOption NotAsOption [] Option<T> => T;
}
