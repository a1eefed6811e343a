//! The compact form: values one after the other, without names or types, and the shape behind them.
//!
//! Integers are varints (zigzag where signed; one byte for `u8` and `i8`), floats and 128-bit integers fixed
//! little-endian, text and bytes behind their length, variants by index. What carries no information at all (a unit, an
//! empty tuple) still takes one byte: no element is free, so a claimed length can never exceed what is left to read.
//! The last eight bytes are the [shape](super::kind::Shape): how the value was written, to be compared with how it is read.
//!
//! It does not try to hold what positions cannot express (left-out fields, unknown lengths): the writer stops with
//! `NeedsNames` and the named form takes over.

mod names;
mod parts;
mod read;
mod write;

pub(super) use read::decode;
pub(super) use write::encode;
