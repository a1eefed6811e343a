//! The primitives of single-flight, so that loom can take their place (`RUSTFLAGS="--cfg loom"`).

use std::sync::PoisonError;

#[cfg(loom)]
pub(crate) use loom::sync::{Arc, Mutex, MutexGuard};
#[cfg(not(loom))]
pub(crate) use std::{
    sync::{Arc, Mutex, MutexGuard},
    thread_local,
};

/// What each thread of a model has of its own: they are one thread to the system.
#[cfg(loom)]
macro_rules! locals {
    ($($(#[$about:meta])* static $name:ident: $of:ty = const { $value:expr };)*) => {
        loom::thread_local! { $($(#[$about])* static $name: $of = $value;)* }
    };
}
#[cfg(loom)]
pub(crate) use locals as thread_local;

/// Locks `mutex`, also after a panic of another holder: what is behind it is whole between any two statements.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Locks a mutex that loom does not model: one that guards no hand-over.
#[allow(unused_qualifications, reason = "under loom, `Mutex` is another one")]
pub(crate) fn lock_std<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
