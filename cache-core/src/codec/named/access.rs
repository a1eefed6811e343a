//! The inside of named sequences, maps, structs and enums.

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, IgnoredAny, MapAccess, SeqAccess, VariantAccess, Visitor,
    value::BorrowedStrDeserializer,
};

use super::read::{Input, Reader, Result};
use crate::codec::{Undecodable, depth::Depth, kind::Kind};

/// The inside of a sequence, tuple, map or struct.
pub(super) struct Many<'a, 'de> {
    pub(super) input: &'a mut Input<'de>,
    pub(super) depth: Depth,
    pub(super) left: usize,
    /// Keys are names, not values.
    pub(super) named: bool,
}

impl<'de> Many<'_, 'de> {
    fn value<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value> {
        seed.deserialize(Reader { input: self.input, depth: self.depth })
    }

    pub(super) fn close<V>(self, value: V) -> Result<V> {
        match self.left {
            0 => Ok(value),
            _ => Err(Undecodable::new("fewer elements are read than were written")),
        }
    }
}

impl<'de> SeqAccess<'de> for &mut Many<'_, 'de> {
    type Error = Undecodable;

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

impl<'de> MapAccess<'de> for &mut Many<'_, 'de> {
    type Error = Undecodable;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        if self.named {
            let name = self.input.name()?;
            return seed.deserialize(BorrowedStrDeserializer::new(name)).map(Some);
        }
        self.value(seed).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value> {
        self.value(seed)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

/// A variant with content, seen as a map of one entry.
pub(super) struct Single<'a, 'de> {
    pub(super) reader: Option<Reader<'a, 'de>>,
    pub(super) started: bool,
}

impl Single<'_, '_> {
    pub(super) fn close<V>(self, value: V) -> Result<V> {
        match self.reader {
            None => Ok(value),
            Some(_) => Err(Undecodable::new("a variant is left unread")),
        }
    }
}

impl<'de> MapAccess<'de> for &mut Single<'_, 'de> {
    type Error = Undecodable;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>> {
        match &mut self.reader {
            Some(reader) if !self.started => {
                self.started = true;
                seed.deserialize(BorrowedStrDeserializer::new(reader.input.name()?)).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value> {
        let reader = self.reader.take().ok_or_else(|| Undecodable::new("a variant has one content only"))?;
        seed.deserialize(reader)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(usize::from(!self.started))
    }
}

/// A variant of an enum, and then its content.
pub(super) struct Enum<'a, 'de> {
    pub(super) reader: Reader<'a, 'de>,
    pub(super) kind: Kind,
}

impl<'de> EnumAccess<'de> for Enum<'_, 'de> {
    type Error = Undecodable;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self)> {
        let name = self.reader.input.name()?;
        Ok((seed.deserialize(BorrowedStrDeserializer::new(name))?, self))
    }
}

impl Enum<'_, '_> {
    fn must_be(&self, kind: Kind) -> Result<()> {
        if self.kind == kind {
            return Ok(());
        }
        Err(Undecodable::new("a variant has another kind of content"))
    }
}

impl<'de> VariantAccess<'de> for Enum<'_, 'de> {
    type Error = Undecodable;

    fn unit_variant(self) -> Result<()> {
        // `#[serde(other)]` reads any variant as a unit; whether that is what was meant is compared after writing.
        if self.kind != Kind::UnitVariant {
            IgnoredAny::deserialize(self.reader)?;
        }
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value> {
        self.must_be(Kind::NewtypeVariant)?;
        seed.deserialize(self.reader)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value> {
        self.must_be(Kind::TupleVariant)?;
        self.reader.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value> {
        self.must_be(Kind::StructVariant)?;
        self.reader.deserialize_any(visitor)
    }
}
