//! serde's forty serializer methods, told once, as a dozen events.
//!
//! Three things are made from a value: its compact bytes, its named bytes and its digest. Each is a [`Sink`]; [`Walk`]
//! is the one `Serializer` that feeds them, counts the depth and compares announced with written lengths.

mod compound;

use serde::ser::{Serialize, Serializer};

use super::{depth::Depth, error::Stop, kind::Kind};
pub(super) use compound::Compound;

/// What a walk over a value reports.
pub(super) trait Sink {
    /// What `Serializer::is_human_readable` answers.
    const HUMAN: bool = false;
    /// Whether [`Sink::unordered`] means anything: it takes a look at a name for each sequence.
    const MINDS_ORDER: bool = false;

    /// A kind without content: unit, unit struct, `None`; or the announcement of one value that follows: `Some`,
    /// newtype struct.
    fn mark(&mut self, kind: Kind) -> Result<(), Stop>;
    /// `bool`, `char` and the unsigned integers up to 64 bits.
    fn unsigned(&mut self, kind: Kind, value: u64) -> Result<(), Stop>;
    /// The signed integers up to 64 bits.
    fn signed(&mut self, kind: Kind, value: i64) -> Result<(), Stop>;
    /// Kinds of one fixed width: 128-bit integers, and floats as their bits.
    fn fixed<const N: usize>(&mut self, kind: Kind, little_endian: [u8; N]) -> Result<(), Stop>;
    /// Text or bytes.
    fn blob(&mut self, kind: Kind, bytes: &[u8]) -> Result<(), Stop>;
    /// A variant of `of`; for a tuple or struct variant, `open` follows.
    fn variant(&mut self, kind: Kind, of: &'static str, index: u32, name: &'static str) -> Result<(), Stop>;
    /// A sequence, tuple, map or struct begins. `named` is the struct's name, and the variant's where it is one.
    fn open(&mut self, kind: Kind, announced: Option<usize>, named: (&'static str, &'static str)) -> Result<(), Stop>;
    /// An element of a sequence, or a key of a map, follows.
    fn part(&mut self) {}
    /// A field follows.
    fn field(&mut self, name: &'static str) -> Result<(), Stop>;
    /// A field was left out, and said so.
    fn skip(&mut self, name: &'static str) -> Result<(), Stop>;
    /// It ends, after `written` elements, entries or fields.
    fn close(&mut self, kind: Kind, announced: Option<usize>, written: usize) -> Result<(), Stop>;
    /// The sequence just opened iterates in no particular order.
    fn unordered(&mut self) {}
}

/// The serializer.
pub(super) struct Walk<'a, S> {
    sink: &'a mut S,
    depth: Depth,
}

impl<'a, S: Sink> Walk<'a, S> {
    pub(super) fn new(sink: &'a mut S) -> Self {
        Self { sink, depth: Depth::outermost() }
    }

    /// One level further in.
    #[inline]
    fn deeper(self) -> Result<Self, Stop> {
        let depth = self.depth.deeper().ok_or_else(Stop::too_deep)?;
        Ok(Self { depth, ..self })
    }

    fn open(
        self,
        kind: Kind,
        announced: Option<usize>,
        named: (&'static str, &'static str),
    ) -> Result<Compound<'a, S>, Stop> {
        let Self { sink, depth } = self.deeper()?;
        sink.open(kind, announced, named)?;
        Ok(Compound { sink, depth, kind, announced, written: 0 })
    }
}

/// Whether an iterable is one of the standard collections whose order is no part of their value.
///
/// The name of the type is all that serde lets through here. It decides only how strictly a value that came back is
/// compared: an unordered collection that is not recognised is refused when it comes back in another order.
fn is_unordered<I>() -> bool {
    let name = core::any::type_name::<I>().trim_start_matches('&');
    ["std::collections::hash::set::", "hashbrown::set::", "alloc::collections::binary_heap::"]
        .iter()
        .any(|known| name.starts_with(known))
}

macro_rules! numbers {
    ($($method:ident $type:ty => $event:ident $kind:ident),* $(,)?) => {$(
        #[inline]
        fn $method(self, value: $type) -> Result<(), Stop> {
            self.sink.$event(Kind::$kind, value.into())
        }
    )*};
}

impl<'a, S: Sink> Serializer for Walk<'a, S> {
    type Ok = ();
    type Error = Stop;
    type SerializeSeq = Compound<'a, S>;
    type SerializeTuple = Compound<'a, S>;
    type SerializeTupleStruct = Compound<'a, S>;
    type SerializeTupleVariant = Compound<'a, S>;
    type SerializeMap = Compound<'a, S>;
    type SerializeStruct = Compound<'a, S>;
    type SerializeStructVariant = Compound<'a, S>;

    numbers! {
        serialize_bool bool => unsigned Bool,
        serialize_u8 u8 => unsigned U8,
        serialize_u16 u16 => unsigned U16,
        serialize_u32 u32 => unsigned U32,
        serialize_u64 u64 => unsigned U64,
        serialize_i8 i8 => signed I8,
        serialize_i16 i16 => signed I16,
        serialize_i32 i32 => signed I32,
        serialize_i64 i64 => signed I64,
        serialize_char char => unsigned Char,
    }

    fn is_human_readable(&self) -> bool {
        S::HUMAN
    }

    fn serialize_u128(self, value: u128) -> Result<(), Stop> {
        self.sink.fixed(Kind::U128, value.to_le_bytes())
    }

    fn serialize_i128(self, value: i128) -> Result<(), Stop> {
        self.sink.fixed(Kind::I128, value.to_le_bytes())
    }

    fn serialize_f32(self, value: f32) -> Result<(), Stop> {
        self.sink.fixed(Kind::F32, value.to_bits().to_le_bytes())
    }

    fn serialize_f64(self, value: f64) -> Result<(), Stop> {
        self.sink.fixed(Kind::F64, value.to_bits().to_le_bytes())
    }

    fn serialize_str(self, value: &str) -> Result<(), Stop> {
        self.sink.blob(Kind::Str, value.as_bytes())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Stop> {
        self.sink.blob(Kind::Bytes, value)
    }

    fn serialize_none(self) -> Result<(), Stop> {
        self.sink.mark(Kind::None)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Stop> {
        let inner = self.deeper()?;
        inner.sink.mark(Kind::Some)?;
        value.serialize(inner)
    }

    fn serialize_unit(self) -> Result<(), Stop> {
        self.sink.mark(Kind::Unit)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Stop> {
        self.sink.mark(Kind::UnitStruct)
    }

    fn serialize_unit_variant(self, of: &'static str, index: u32, name: &'static str) -> Result<(), Stop> {
        self.sink.variant(Kind::UnitVariant, of, index, name)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Stop> {
        let inner = self.deeper()?;
        inner.sink.mark(Kind::NewtypeStruct)?;
        value.serialize(inner)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        of: &'static str,
        index: u32,
        name: &'static str,
        value: &T,
    ) -> Result<(), Stop> {
        let inner = self.deeper()?;
        inner.sink.variant(Kind::NewtypeVariant, of, index, name)?;
        value.serialize(inner)
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Compound<'a, S>, Stop> {
        self.open(Kind::Seq, len, ("", ""))
    }

    fn serialize_tuple(self, len: usize) -> Result<Compound<'a, S>, Stop> {
        self.open(Kind::Tuple, Some(len), ("", ""))
    }

    fn serialize_tuple_struct(self, _: &'static str, len: usize) -> Result<Compound<'a, S>, Stop> {
        self.open(Kind::TupleStruct, Some(len), ("", ""))
    }

    fn serialize_tuple_variant(
        self,
        of: &'static str,
        index: u32,
        name: &'static str,
        len: usize,
    ) -> Result<Compound<'a, S>, Stop> {
        self.sink.variant(Kind::TupleVariant, of, index, name)?;
        self.open(Kind::Tuple, Some(len), ("", ""))
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Compound<'a, S>, Stop> {
        self.open(Kind::Map, len, ("", ""))
    }

    fn serialize_struct(self, name: &'static str, len: usize) -> Result<Compound<'a, S>, Stop> {
        self.open(Kind::Struct, Some(len), (name, ""))
    }

    fn serialize_struct_variant(
        self,
        of: &'static str,
        index: u32,
        name: &'static str,
        len: usize,
    ) -> Result<Compound<'a, S>, Stop> {
        self.sink.variant(Kind::StructVariant, of, index, name)?;
        self.open(Kind::Struct, Some(len), (of, name))
    }

    fn collect_seq<I>(self, elements: I) -> Result<(), Stop>
    where
        I: IntoIterator,
        I::Item: Serialize,
    {
        let elements = elements.into_iter();
        let announced = match elements.size_hint() {
            (least, Some(most)) if least == most => Some(least),
            _ => None,
        };
        let mut open = self.open(Kind::Seq, announced, ("", ""))?;
        if S::MINDS_ORDER && is_unordered::<I>() {
            open.sink.unordered();
        }
        for element in elements {
            serde::ser::SerializeSeq::serialize_element(&mut open, &element)?;
        }
        serde::ser::SerializeSeq::end(open)
    }
}
