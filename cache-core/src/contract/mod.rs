//! What every backend has to pass: the promises of [`Backend`](crate::Backend), [`Slot`](crate::Slot),
//! [`When`](crate::When) and [`Look`](crate::Look), as cases that need no test framework.
//!
//! ```
//! use cache_core::{Backend, Env, Opened};
//!
//! # use cache_core::{Clock, contract::Reference};
//! # fn new_empty_store(clock: &Clock) -> impl Backend { Reference::on(clock.clone()) }
//! // In a test of your backend. A store that keeps time by a clock of its own ignores `env.clock`.
//! let make = |env: &Env| Opened::new(new_empty_store(&env.clock));
//! cache_core::contract::check(&make);
//! ```
//!
//! A case panics with the promise that is broken. [`check`] runs them all and names every one that fails, so that one
//! run shows all that is left to do.

mod clearing;
mod concurrent;
mod epochs;
mod invalidation;
mod keys;
mod leading;
mod lives;
mod prefixes;
mod reference;
mod store;
mod values;
mod writes;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

pub use prefixes::check_prefixes;
pub use reference::Reference;
pub use store::Store;

use crate::{Clock, Env, Opened};

/// One promise: its name, and what panics where it is broken. It is given a store of its own, empty at the start.
pub type Case = (&'static str, fn(&Store));

/// Cases by the names of their functions.
macro_rules! named {
    ($($case:ident),* $(,)?) => {
        pub(super) const CASES: &[super::Case] = &[$((stringify!($case), $case)),*];
    };
}
use named;

/// Every case, for a test framework that runs them one by one.
pub fn cases() -> impl Iterator<Item = Case> {
    [
        values::CASES,
        lives::CASES,
        writes::CASES,
        keys::CASES,
        epochs::CASES,
        invalidation::CASES,
        clearing::CASES,
        leading::CASES,
        concurrent::CASES,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// Checks that the backend which `make` gives keeps every promise. Each call of `make` gives a store that is empty,
/// keeps at least 100 entries, and takes its time from the `Env`, unless it
/// [keeps time itself](crate::Backend::keeps_time).
///
/// # Panics
/// When it does not, with every promise that it breaks.
pub fn check(make: &dyn Fn(&Env) -> Opened) {
    run(cases().map(|(name, case)| {
        let run: Box<dyn FnOnce()> = Box::new(move || {
            let env = Env { clock: Clock::standing() };
            case(&Store::new(&make(&env), env.clock));
        });
        (name.to_owned(), run)
    }));
}

fn run<'a>(cases: impl Iterator<Item = (String, Box<dyn FnOnce() + 'a>)>) {
    let mut broken = Vec::new();
    for (name, case) in cases {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(case)) {
            broken.push(format!("- {}: {}", name.replace('_', " "), message(&*panic)));
        }
    }
    assert!(broken.is_empty(), "this backend breaks {} of the promises:\n{}", broken.len(), broken.join("\n"));
}

fn message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("it panicked")
}

#[cfg(test)]
mod tests;
