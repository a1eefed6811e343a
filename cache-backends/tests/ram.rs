//! The handler in memory keeps the promises of every backend, and its own bound.
#![cfg(feature = "ram")]
#![allow(clippy::unwrap_used, reason = "what is not there fails the test")]

#[path = "ram/model.rs"]
mod model;
#[path = "ram/steps.rs"]
mod steps;

use cache_backends::Ram;
use cache_core::IntoHandler;

#[test]
fn the_contract_is_kept() {
    cache_core::contract::check(&|env| Ram::builder().open(env).unwrap());
}

#[test]
fn the_contract_is_kept_with_many_stripes() {
    cache_core::contract::check(&|env| Ram::builder().threshold(100_000).open(env).unwrap());
}
