//! Reads the compact form, hashing what is asked for as it goes.

use serde::de::{DeserializeOwned, Deserializer, Visitor};

use super::parts::{Parts, Variant};
use crate::codec::{
    Undecodable,
    cursor::{Cursor, unzigzag},
    depth::Depth,
    kind::{Kind, Shape},
};

pub(super) type Result<T> = core::result::Result<T, Undecodable>;

/// Reads one value that takes up all of `bytes`.
pub(in crate::codec) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let mut input = Input { cursor: Cursor::new(bytes), shape: Shape::new() };
    let value = T::deserialize(Reader { input: &mut input, depth: Depth::outermost() })?;
    let written = u64::from_le_bytes(input.cursor.array()?);
    if !input.cursor.is_empty() {
        return Err(Undecodable::new("there are bytes left over"));
    }
    if written != input.shape.finish() {
        return Err(Undecodable::new("it was written with other fields, variants or types than are read now"));
    }
    Ok(value)
}

pub(super) struct Input<'de> {
    pub(super) cursor: Cursor<'de>,
    pub(super) shape: Shape,
}

pub(super) struct Reader<'a, 'de> {
    pub(super) input: &'a mut Input<'de>,
    pub(super) depth: Depth,
}

impl<'a, 'de> Reader<'a, 'de> {
    pub(super) fn deeper(self) -> Result<Self> {
        let depth = self.depth.deeper().ok_or_else(|| Undecodable::new("it is nested too deep"))?;
        Ok(Self { depth, ..self })
    }

    #[inline]
    fn unsigned(&mut self, kind: Kind) -> Result<u64> {
        self.input.shape.kind(kind);
        self.input.cursor.varint()
    }

    /// Reads the byte of something that carries no information.
    fn nothing(&mut self, kind: Kind) -> Result<()> {
        self.input.shape.kind(kind);
        match self.input.cursor.byte()? {
            0 => Ok(()),
            _ => Err(Undecodable::new("a unit has content")),
        }
    }

    /// Opens what has the length of its type.
    fn open_fixed(self, kind: Kind, len: usize, fields: Option<&'static [&'static str]>) -> Result<Parts<'a, 'de>> {
        let mut this = self.deeper()?;
        if len == 0 {
            this.nothing(kind)?;
        } else {
            this.input.shape.kind(kind);
        }
        Ok(Parts { input: this.input, depth: this.depth, left: len, fields })
    }

    /// Opens what says its length.
    fn open_counted(self, kind: Kind) -> Result<Parts<'a, 'de>> {
        let this = self.deeper()?;
        this.input.shape.kind(kind);
        let left = this.input.cursor.count()?;
        Ok(Parts { input: this.input, depth: this.depth, left, fields: None })
    }
}

/// What only a self-describing form can answer.
fn untyped() -> Undecodable {
    Undecodable::new("the type wants to be told what comes next, which the compact form cannot")
}

macro_rules! unsigned {
    ($($method:ident $kind:ident $visit:ident),*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value> {
            let value = self.unsigned(Kind::$kind)?;
            visitor.$visit(value.try_into().map_err(|_| Undecodable::new("a number is out of range"))?)
        }
    )*};
}

macro_rules! signed {
    ($($method:ident $kind:ident $visit:ident),*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value> {
            let value = unzigzag(self.unsigned(Kind::$kind)?);
            visitor.$visit(value.try_into().map_err(|_| Undecodable::new("a number is out of range"))?)
        }
    )*};
}

macro_rules! fixed {
    ($($method:ident $kind:ident $visit:ident $type:ty),*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            self.input.shape.kind(Kind::$kind);
            visitor.$visit(<$type>::from_le_bytes(self.input.cursor.array()?))
        }
    )*};
}

macro_rules! blobs {
    ($($method:ident $kind:ident $visit:ident $read:ident),*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            self.input.shape.kind(Kind::$kind);
            visitor.$visit(self.input.cursor.$read()?)
        }
    )*};
}

macro_rules! untyped {
    ($($method:ident),*) => {$(
        fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value> {
            Err(untyped())
        }
    )*};
}

impl<'de> Deserializer<'de> for Reader<'_, 'de> {
    type Error = Undecodable;

    unsigned!(deserialize_u16 U16 visit_u16, deserialize_u32 U32 visit_u32, deserialize_u64 U64 visit_u64);
    signed!(deserialize_i16 I16 visit_i16, deserialize_i32 I32 visit_i32, deserialize_i64 I64 visit_i64);
    fixed!(
        deserialize_u8 U8 visit_u8 u8, deserialize_i8 I8 visit_i8 i8,
        deserialize_u128 U128 visit_u128 u128, deserialize_i128 I128 visit_i128 i128,
        deserialize_f32 F32 visit_f32 f32, deserialize_f64 F64 visit_f64 f64
    );
    blobs!(
        deserialize_str Str visit_borrowed_str text, deserialize_string Str visit_borrowed_str text,
        deserialize_bytes Bytes visit_borrowed_bytes bytes, deserialize_byte_buf Bytes visit_borrowed_bytes bytes
    );
    untyped!(deserialize_any, deserialize_ignored_any, deserialize_identifier);

    fn is_human_readable(&self) -> bool {
        false
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.input.shape.kind(Kind::Bool);
        match self.input.cursor.byte()? {
            0 => visitor.visit_bool(false),
            1 => visitor.visit_bool(true),
            _ => Err(Undecodable::new("a truth value is neither 0 nor 1")),
        }
    }

    fn deserialize_char<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value> {
        let code = u32::try_from(self.unsigned(Kind::Char)?).ok().and_then(char::from_u32);
        visitor.visit_char(code.ok_or_else(|| Undecodable::new("a character is none"))?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.input.cursor.byte()? {
            0 => {
                self.input.shape.kind(Kind::None);
                visitor.visit_none()
            }
            1 => {
                self.input.shape.kind(Kind::Some);
                visitor.visit_some(self.deeper()?)
            }
            _ => Err(Undecodable::new("an option is neither none nor some")),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value> {
        self.nothing(Kind::Unit)?;
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(mut self, _: &'static str, visitor: V) -> Result<V::Value> {
        self.nothing(Kind::UnitStruct)?;
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value> {
        self.input.shape.kind(Kind::NewtypeStruct);
        visitor.visit_newtype_struct(self.deeper()?)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let mut parts = self.open_counted(Kind::Seq)?;
        let value = visitor.visit_seq(&mut parts)?;
        parts.close(value)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value> {
        let mut parts = self.open_fixed(Kind::Tuple, len, None)?;
        let value = visitor.visit_seq(&mut parts)?;
        parts.close(value)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(self, _: &'static str, len: usize, visitor: V) -> Result<V::Value> {
        let mut parts = self.open_fixed(Kind::TupleStruct, len, None)?;
        let value = visitor.visit_seq(&mut parts)?;
        parts.close(value)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let mut parts = self.open_counted(Kind::Map)?;
        let value = visitor.visit_map(&mut parts)?;
        parts.close(value)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        let mut parts = self.open_fixed(Kind::Struct, fields.len(), Some(fields))?;
        let value = visitor.visit_seq(&mut parts)?;
        parts.close(value)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        visitor.visit_enum(Variant { reader: self, names, name: "" })
    }
}
