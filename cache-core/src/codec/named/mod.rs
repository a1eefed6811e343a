//! The named form: every value behind a tag that says its kind, every field and variant by its name.
//!
//! It is for the values that positions cannot express: fields left out, `flatten`, tagged and untagged enums,
//! `serde_json::Value`. It is a form of our own because the known ones lose distinctions that Rust makes: JSON and
//! MessagePack write `Some(None)` as `None`, JSON and CBOR confuse `f32` with `f64`, none of them keeps all of 128-bit
//! integers, `bytes` beside sequences, and `NaN` payloads.
//!
//! It answers `is_human_readable` with true: serde's own buffer (`Content`, behind `untagged`, `flatten` and tags)
//! always says so, and a value must be written as it will be asked for.
//!
//! A name is stored once and then referred to by its number, so that a list of rows does not repeat its columns.

mod access;
mod guard;
mod read;
mod write;

pub(super) use read::decode;
pub(super) use write::encode;

/// At most so many names are referred to by number; any further one is written in full. Stored: never change.
const NAMES: usize = 250;
