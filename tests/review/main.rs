//! What a review of the flow found, each test named as the sentence that was not true.
#![cfg(all(feature = "ram", feature = "disk", feature = "redis", feature = "test"))]
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod conditions;
mod destructors;
mod dropped;
mod keys;
mod late;
mod ram;
mod remembered;
mod sharing;
mod wakers;
