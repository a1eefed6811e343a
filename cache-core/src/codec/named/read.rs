//! Reads the named form.

use serde::de::{DeserializeOwned, Deserializer, Visitor, value::BorrowedStrDeserializer};

use super::{
    NAMES,
    access::{Enum, Many, Single},
};
use crate::codec::{
    Undecodable,
    cursor::{Cursor, unzigzag},
    depth::Depth,
    kind::Kind,
};

pub(super) type Result<T> = core::result::Result<T, Undecodable>;

/// Reads one value that takes up all of `bytes`.
pub(in crate::codec) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let mut input = Input { cursor: Cursor::new(bytes), names: Vec::new() };
    let value = T::deserialize(Reader { input: &mut input, depth: Depth::outermost() })?;
    if !input.cursor.is_empty() {
        return Err(Undecodable::new("there are bytes left over"));
    }
    Ok(value)
}

pub(super) struct Input<'de> {
    cursor: Cursor<'de>,
    /// The names that have a number.
    names: Vec<&'de str>,
}

impl<'de> Input<'de> {
    pub(super) fn name(&mut self) -> Result<&'de str> {
        match self.cursor.varint()? {
            0 => {
                let name = self.cursor.text()?;
                if self.names.len() < NAMES {
                    self.names.push(name);
                }
                Ok(name)
            }
            number => {
                let known = usize::try_from(number - 1).ok().and_then(|at| self.names.get(at).copied());
                known.ok_or_else(|| Undecodable::new("a name has an unknown number"))
            }
        }
    }

    fn count(&mut self) -> Result<usize> {
        let count = u32::from_le_bytes(self.cursor.array()?);
        self.cursor.fits(u64::from(count))
    }

    fn kind(&mut self) -> Result<Kind> {
        Kind::from_tag(self.cursor.byte()?).ok_or_else(|| Undecodable::new("a tag is unknown"))
    }

    fn next_is(&self, kind: Kind) -> bool {
        self.cursor.peek() == Some(kind as u8)
    }
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

    fn many(self, kind: Kind) -> Result<Many<'a, 'de>> {
        let this = self.deeper()?;
        let left = this.input.count()?;
        Ok(Many { input: this.input, depth: this.depth, left, named: kind == Kind::Struct })
    }

    fn integer<N: TryFrom<u64>>(&mut self) -> Result<N> {
        self.input.cursor.varint()?.try_into().map_err(|_| Undecodable::new("a number is out of range"))
    }

    fn signed<N: TryFrom<i64>>(&mut self) -> Result<N> {
        let value = unzigzag(self.input.cursor.varint()?);
        value.try_into().map_err(|_| Undecodable::new("a number is out of range"))
    }

    /// The value behind a tag of a kind that is one piece.
    fn scalar<V: Visitor<'de>>(mut self, kind: Kind, visitor: V) -> Result<V::Value> {
        match kind {
            Kind::Bool => match self.input.cursor.byte()? {
                0 => visitor.visit_bool(false),
                1 => visitor.visit_bool(true),
                _ => Err(Undecodable::new("a truth value is neither 0 nor 1")),
            },
            Kind::U8 => visitor.visit_u8(self.integer()?),
            Kind::U16 => visitor.visit_u16(self.integer()?),
            Kind::U32 => visitor.visit_u32(self.integer()?),
            Kind::U64 => visitor.visit_u64(self.integer()?),
            Kind::U128 => visitor.visit_u128(u128::from_le_bytes(self.input.cursor.array()?)),
            Kind::I8 => visitor.visit_i8(self.signed()?),
            Kind::I16 => visitor.visit_i16(self.signed()?),
            Kind::I32 => visitor.visit_i32(self.signed()?),
            Kind::I64 => visitor.visit_i64(self.signed()?),
            Kind::I128 => visitor.visit_i128(i128::from_le_bytes(self.input.cursor.array()?)),
            Kind::F32 => visitor.visit_f32(f32::from_le_bytes(self.input.cursor.array()?)),
            Kind::F64 => visitor.visit_f64(f64::from_le_bytes(self.input.cursor.array()?)),
            Kind::Char => {
                let known = char::from_u32(self.integer()?);
                visitor.visit_char(known.ok_or_else(|| Undecodable::new("a character is none"))?)
            }
            Kind::Str => visitor.visit_borrowed_str(self.input.cursor.text()?),
            Kind::Bytes => visitor.visit_borrowed_bytes(self.input.cursor.bytes()?),
            Kind::None => visitor.visit_none(),
            _ => visitor.visit_unit(),
        }
    }
}

impl<'de> Deserializer<'de> for Reader<'_, 'de> {
    type Error = Undecodable;

    fn is_human_readable(&self) -> bool {
        true
    }

    /// Every tag says what it is, so most questions need no answer of their own; the visitor refuses what does not fit.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let kind = self.input.kind()?;
        match kind {
            Kind::Some => visitor.visit_some(self.deeper()?),
            Kind::Seq | Kind::Tuple => {
                let mut many = self.many(kind)?;
                let value = visitor.visit_seq(&mut many)?;
                many.close(value)
            }
            Kind::Map | Kind::Struct => {
                let mut many = self.many(kind)?;
                let value = visitor.visit_map(&mut many)?;
                many.close(value)
            }
            Kind::UnitVariant => visitor.visit_borrowed_str(self.input.name()?),
            // serde's buffer takes an enum as a map of one entry, from its variant to its content.
            Kind::NewtypeVariant | Kind::TupleVariant | Kind::StructVariant => {
                let mut single = Single { reader: Some(self.deeper()?), started: false };
                let value = visitor.visit_map(&mut single)?;
                single.close(value)
            }
            _ => self.scalar(kind, visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.input.next_is(Kind::None) || self.input.next_is(Kind::Some) {
            self.deserialize_any(visitor)
        } else {
            visitor.visit_some(self.deeper()?)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self.deeper()?)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        let kind = self.input.kind()?;
        match kind {
            Kind::UnitVariant | Kind::NewtypeVariant | Kind::TupleVariant | Kind::StructVariant => {
                visitor.visit_enum(Enum { reader: self.deeper()?, kind })
            }
            Kind::Str => visitor.visit_enum(BorrowedStrDeserializer::new(self.input.cursor.text()?)),
            _ => Err(Undecodable::new("something else is where an enum should be")),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}
