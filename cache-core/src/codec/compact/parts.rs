//! The inside of compact sequences, maps, structs and enums.

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::names::names_of;
use super::read::{Input, Reader, Result};
use crate::codec::{
    Undecodable,
    depth::Depth,
    kind::{Kind, Names},
};

/// The inside of a sequence, tuple, map or struct.
pub(super) struct Parts<'a, 'de> {
    pub(super) input: &'a mut Input<'de>,
    pub(super) depth: Depth,
    pub(super) left: usize,
    /// The fields, where it is a struct.
    pub(super) fields: Option<&'static [&'static str]>,
}

impl<'de> Parts<'_, 'de> {
    #[inline]
    fn value<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value> {
        seed.deserialize(Reader { input: self.input, depth: self.depth })
    }

    /// A visitor that leaves elements behind reads everything after them wrongly.
    pub(super) fn close<V>(self, value: V) -> Result<V> {
        if self.left != 0 {
            return Err(Undecodable::new("fewer elements are read than were written"));
        }
        self.input.shape.kind(Kind::Close);
        if let Some(fields) = self.fields {
            self.input.shape.names(names_of(fields));
        }
        Ok(value)
    }
}

impl<'de> SeqAccess<'de> for &mut Parts<'_, 'de> {
    type Error = Undecodable;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        self.value(seed).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

impl<'de> MapAccess<'de> for &mut Parts<'_, 'de> {
    type Error = Undecodable;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        self.value(seed).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value> {
        self.value(seed)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

/// An enum whose variant is not known yet, and then its content.
pub(super) struct Variant<'a, 'de> {
    pub(super) reader: Reader<'a, 'de>,
    pub(super) names: &'static [&'static str],
    pub(super) name: &'static str,
}

impl<'de> EnumAccess<'de> for Variant<'_, 'de> {
    type Error = Undecodable;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(mut self, seed: S) -> Result<(S::Value, Self)> {
        let unknown = || Undecodable::new("a variant has an unknown index");
        let index = u32::try_from(self.reader.input.cursor.varint()?).map_err(|_| unknown())?;
        self.name = usize::try_from(index).ok().and_then(|at| self.names.get(at)).ok_or_else(unknown)?;
        let value = seed.deserialize(IntoDeserializer::<Undecodable>::into_deserializer(index))?;
        Ok((value, self))
    }
}

impl Variant<'_, '_> {
    fn is(&mut self, kind: Kind) {
        self.reader.input.shape.kind(kind);
        self.reader.input.shape.names(Names::of(self.name));
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = Undecodable;

    fn unit_variant(mut self) -> Result<()> {
        self.is(Kind::UnitVariant);
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(mut self, seed: S) -> Result<S::Value> {
        self.is(Kind::NewtypeVariant);
        seed.deserialize(self.reader.deeper()?)
    }

    fn tuple_variant<V: Visitor<'de>>(mut self, len: usize, visitor: V) -> Result<V::Value> {
        self.is(Kind::TupleVariant);
        self.reader.deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(mut self, fields: &'static [&'static str], visitor: V) -> Result<V::Value> {
        self.is(Kind::StructVariant);
        self.reader.deserialize_struct("", fields, visitor)
    }
}
