//! A framework that brings larder along: its users have no dependency of that name.
#![deny(missing_docs)]

pub use larder;
pub use larder::cached;

/// A macro of the framework's, whose users need to say nothing.
#[macro_export]
macro_rules! memoized {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $ty:ty),*) -> $result:ty $body:block) => {
        #[$crate::cached(crate = $crate::larder)]
        $(#[$meta])*
        $vis fn $name($($arg: $ty),*) -> $result $body
    };
}
