//! A serializer for keys: an argument that is not `Hash` but `Serialize` is recorded through it.
//!
//! It is injective where postcard is not: everything carries a mark of what it is, every length is written, a field is
//! preceded by its index, and one that `skip_serializing_if` leaves out leaves a mark. Maps are sorted by their encoded
//! keys, so equal maps give equal bytes in any order. It writes only, and it never fails of itself.
//!
//! It sees what serde shows. Variants of an `untagged` enum with equal content look alike, and fields under
//! `#[serde(skip)]` are not there: arguments that differ in those only share a result, unless their type is a
//! [`super::KeyPart`]. A `HashSet` inside a struct is a sequence in random order: equal arguments may be a miss.

use std::fmt;

use serde::Serialize;
use serde::ser::{self, Serializer};

mod compound;

use compound::{Collected, Fields, Pairs};

use super::Recorder;

/// Records `value`. Where a `Serialize` impl fails (that of a path that is not UTF-8, of a poisoned mutex), what it wrote
/// does not tell the value from others, so the call is not cached.
pub(super) fn record<T: Serialize + ?Sized>(value: &T, recorder: &mut Recorder) {
    if let Err(Refused(message)) = value.serialize(&mut KeySerializer(recorder)) {
        log::debug!("a call runs uncached: an argument could not be serialized for its key: {message}");
        recorder.refuse();
    }
}

/// One byte before each value says what it is.
mod tag {
    pub(super) const BOOL: u8 = 1;
    pub(super) const SIGNED: u8 = 2;
    pub(super) const UNSIGNED: u8 = 3;
    pub(super) const F32: u8 = 4;
    pub(super) const F64: u8 = 5;
    pub(super) const CHAR: u8 = 6;
    pub(super) const STR: u8 = 7;
    pub(super) const BYTES: u8 = 8;
    pub(super) const NONE: u8 = 9;
    pub(super) const SOME: u8 = 10;
    pub(super) const UNIT: u8 = 11;
    pub(super) const VARIANT: u8 = 12;
    pub(super) const SEQUENCE: u8 = 13;
    pub(super) const MAP: u8 = 14;
    pub(super) const STRUCT: u8 = 15;
    pub(super) const SKIPPED: u8 = 16;
}

/// What a `Serialize` impl of the user's said when it failed.
#[derive(Debug)]
struct Refused(String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

impl ser::Error for Refused {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

struct KeySerializer<'a>(&'a mut Recorder);

macro_rules! integers {
    ($($method:ident $type:ty, $wide:ty, $tag:ident;)*) => {$(
        fn $method(self, value: $type) -> Result<(), Refused> {
            self.0.fixed([tag::$tag]);
            self.0.fixed(<$wide>::from(value).to_le_bytes());
            Ok(())
        }
    )*};
}

impl<'s, 'a> Serializer for &'s mut KeySerializer<'a> {
    type Ok = ();
    type Error = Refused;
    type SerializeSeq = Collected<'s>;
    type SerializeTuple = Collected<'s>;
    type SerializeTupleStruct = Collected<'s>;
    type SerializeTupleVariant = Collected<'s>;
    type SerializeMap = Pairs<'s>;
    type SerializeStruct = Fields<'s>;
    type SerializeStructVariant = Fields<'s>;

    integers! {
        serialize_i8 i8, i128, SIGNED;
        serialize_i16 i16, i128, SIGNED;
        serialize_i32 i32, i128, SIGNED;
        serialize_i64 i64, i128, SIGNED;
        serialize_i128 i128, i128, SIGNED;
        serialize_u8 u8, u128, UNSIGNED;
        serialize_u16 u16, u128, UNSIGNED;
        serialize_u32 u32, u128, UNSIGNED;
        serialize_u64 u64, u128, UNSIGNED;
        serialize_u128 u128, u128, UNSIGNED;
        serialize_bool bool, u8, BOOL;
        serialize_char char, u32, CHAR;
    }

    fn serialize_f32(self, value: f32) -> Result<(), Refused> {
        self.0.fixed([tag::F32]);
        self.0.fixed(value.to_le_bytes());
        Ok(())
    }

    fn serialize_f64(self, value: f64) -> Result<(), Refused> {
        self.0.fixed([tag::F64]);
        self.0.fixed(value.to_le_bytes());
        Ok(())
    }

    fn serialize_str(self, value: &str) -> Result<(), Refused> {
        self.0.fixed([tag::STR]);
        self.0.framed(value.as_bytes());
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Refused> {
        self.0.fixed([tag::BYTES]);
        self.0.framed(value);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Refused> {
        self.0.fixed([tag::NONE]);
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Refused> {
        self.0.fixed([tag::SOME]);
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Refused> {
        self.0.fixed([tag::UNIT]);
        Ok(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), Refused> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, index: u32, _: &'static str) -> Result<(), Refused> {
        self.variant(index);
        self.serialize_unit()
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Refused> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), Refused> {
        self.variant(index);
        value.serialize(self)
    }

    fn serialize_seq(self, _length: Option<usize>) -> Result<Collected<'s>, Refused> {
        Ok(Collected::new(self.0))
    }

    fn serialize_tuple(self, _length: usize) -> Result<Collected<'s>, Refused> {
        Ok(Collected::new(self.0))
    }

    fn serialize_tuple_struct(self, _: &'static str, _length: usize) -> Result<Collected<'s>, Refused> {
        Ok(Collected::new(self.0))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        _length: usize,
    ) -> Result<Collected<'s>, Refused> {
        self.variant(index);
        Ok(Collected::new(self.0))
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Pairs<'s>, Refused> {
        Ok(Pairs::new(self.0))
    }

    fn serialize_struct(self, _: &'static str, _length: usize) -> Result<Fields<'s>, Refused> {
        Ok(Fields::new(self.0))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        _length: usize,
    ) -> Result<Fields<'s>, Refused> {
        self.variant(index);
        Ok(Fields::new(self.0))
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}

impl KeySerializer<'_> {
    fn variant(&mut self, index: u32) {
        self.0.fixed([tag::VARIANT]);
        self.0.fixed(index.to_le_bytes());
    }
}
