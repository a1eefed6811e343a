//! The deserializer that makes its answers up.

use serde::de::{Deserializer, Visitor};

use super::{
    access::{Elements, Entries, Fields, Keys, Variant},
    made_up::{BYTES, LENGTHS, NUMBERS, TEXTS, of_round},
    refusal::Refusal,
    tree::{ROOT, Tracer},
};
use crate::codec::depth::Depth;

pub(super) type Result<T> = core::result::Result<T, Refusal>;

/// Types nested deeper are not followed.
const DEPTH: usize = 48;
/// Elements of a tuple that have a place each; what comes behind shares the last one.
pub(super) const ELEMENTS: usize = 32;

/// Asks on behalf of one place of the type.
pub(super) struct Probe<'a> {
    pub(super) tracer: &'a mut Tracer,
    /// `None` where nothing is written down: deep inside a recursion.
    pub(super) at: Option<usize>,
    pub(super) depth: Depth,
}

impl<'a> Probe<'a> {
    pub(super) fn new(tracer: &'a mut Tracer) -> Self {
        Self { tracer, at: Some(ROOT), depth: Depth::outermost() }
    }

    /// The probe of a place inside this one.
    pub(super) fn inside(tracer: &'a mut Tracer, at: Option<usize>, depth: Depth) -> Result<Self> {
        let depth = depth.within(DEPTH).ok_or(Refusal::Other)?;
        tracer.visit(at);
        Ok(Self { tracer, at, depth })
    }

    fn number(&mut self, kind: &str) -> Result<u8> {
        self.tracer.ask(self.at, kind)?;
        Ok(of_round(&NUMBERS, self.tracer.round).unwrap_or(1))
    }

    fn text<V: Visitor<'static>>(self, visitor: V) -> Result<V::Value> {
        self.words("str", visitor)
    }

    fn words<V: Visitor<'static>>(self, kind: &str, visitor: V) -> Result<V::Value> {
        self.tracer.ask(self.at, kind)?;
        let round = self.tracer.round;
        let word = self.tracer.place(self.at).and_then(|place| of_round(&place.words, round));
        let text = word.or_else(|| of_round(&TEXTS, round)).unwrap_or_default();
        self.tracer.heed(self.at, visitor.visit_borrowed_str(text))
    }

    fn bytes<V: Visitor<'static>>(self, visitor: V) -> Result<V::Value> {
        self.tracer.ask(self.at, "bytes")?;
        let length = of_round(&LENGTHS, self.tracer.round).unwrap_or_default();
        self.tracer.heed(self.at, visitor.visit_borrowed_bytes(BYTES.get(..length).unwrap_or_default()))
    }

    pub(super) fn tuple<V: Visitor<'static>>(self, len: usize, visitor: V) -> Result<V::Value> {
        // Known beforehand, so that a refusing element leaves the others to be reached.
        for element in 0..len.min(ELEMENTS + 1) {
            self.tracer.inside(self.at, element);
        }
        let Self { tracer, at, depth } = self;
        visitor.visit_seq(Elements { tracer, at, depth, next: 0, len, is_tuple: true })
    }

    fn entries<V: Visitor<'static>>(self, made_up: bool, visitor: V) -> Result<V::Value> {
        let keys = match self.tracer.place(self.at) {
            Some(place) if !place.words.is_empty() => Keys::Known(place.words.clone().into_iter()),
            Some(_) if made_up => Keys::MadeUp,
            _ => Keys::Done,
        };
        let answer =
            visitor.visit_map(Entries { tracer: self.tracer, at: self.at, depth: self.depth, keys, value: None });
        self.tracer.heed(self.at, answer)
    }

    pub(super) fn fields<V: Visitor<'static>>(
        mut self,
        named: (&'static str, &'static str),
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.tracer.ask(self.at, "fields")?;
        if self.tracer.repeats((named.0, fields)) {
            self.at = None;
        }
        self.tracer.learn_struct(self.at, named, fields);
        self.tracer.path.push((named.0, fields));
        let mut access = Fields::new(self.tracer, self.at, self.depth, fields);
        let answer = visitor.visit_map(&mut access);
        let answer = access.note_alias(answer);
        self.tracer.path.pop();
        self.tracer.heed(self.at, answer)
    }
}

macro_rules! numbers {
    ($($method:ident $visit:ident $kind:literal),* $(,)?) => {$(
        fn $method<V: Visitor<'static>>(mut self, visitor: V) -> Result<V::Value> {
            let number = self.number($kind)?;
            self.tracer.heed(self.at, visitor.$visit(number.into()))
        }
    )*};
}

macro_rules! blobs {
    ($($method:ident $answer:ident),*) => {$(
        fn $method<V: Visitor<'static>>(self, visitor: V) -> Result<V::Value> {
            self.$answer(visitor)
        }
    )*};
}

impl Deserializer<'static> for Probe<'_> {
    type Error = Refusal;

    numbers! {
        deserialize_u8 visit_u8 "u8", deserialize_u16 visit_u16 "u16", deserialize_u32 visit_u32 "u32",
        deserialize_u64 visit_u64 "u64", deserialize_u128 visit_u128 "u128", deserialize_i16 visit_i16 "i16",
        deserialize_i32 visit_i32 "i32", deserialize_i64 visit_i64 "i64", deserialize_i128 visit_i128 "i128",
        deserialize_f32 visit_f32 "f32", deserialize_f64 visit_f64 "f64",
    }

    fn deserialize_i8<V: Visitor<'static>>(mut self, visitor: V) -> Result<V::Value> {
        let number = self.number("i8")?;
        self.tracer.heed(self.at, visitor.visit_i8(number.try_into().unwrap_or(1)))
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    fn deserialize_bool<V: Visitor<'static>>(mut self, visitor: V) -> Result<V::Value> {
        let number = self.number("bool")?;
        visitor.visit_bool(number == 1)
    }

    fn deserialize_char<V: Visitor<'static>>(mut self, visitor: V) -> Result<V::Value> {
        let number = self.number("char")?;
        visitor.visit_char(number.into())
    }

    fn deserialize_identifier<V: Visitor<'static>>(self, visitor: V) -> Result<V::Value> {
        self.tracer.is_open = true;
        self.words("identifier", visitor)
    }

    blobs! { deserialize_str text, deserialize_string text, deserialize_bytes bytes, deserialize_byte_buf bytes }

    fn deserialize_option<V: Visitor<'static>>(self, visitor: V) -> Result<V::Value> {
        self.tracer.ask(self.at, "option")?;
        let some = self.tracer.inside(self.at, "some");
        if self.tracer.avoids(some) {
            return visitor.visit_none();
        }
        let answer = Probe::inside(self.tracer, some, self.depth).and_then(|probe| visitor.visit_some(probe));
        self.tracer.leave(some, &answer);
        answer
    }

    fn deserialize_unit<V: Visitor<'static>>(self, visitor: V) -> Result<V::Value> {
        self.tracer.ask(self.at, "unit")?;
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'static>>(self, name: &'static str, visitor: V) -> Result<V::Value> {
        self.tracer.ask(self.at, format_args!("unit {name}"))?;
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'static>>(self, name: &'static str, visitor: V) -> Result<V::Value> {
        self.tracer.ask(self.at, format_args!("newtype {name}"))?;
        let inside = self.tracer.inside(self.at, "newtype");
        visitor.visit_newtype_struct(Probe::inside(self.tracer, inside, self.depth)?)
    }

    fn deserialize_seq<V: Visitor<'static>>(self, visitor: V) -> Result<V::Value> {
        self.tracer.ask(self.at, "seq")?;
        let element = self.tracer.inside(self.at, "element");
        let len = usize::from(!self.tracer.avoids(element));
        let Self { tracer, at, depth } = self;
        visitor.visit_seq(Elements { tracer, at, depth, next: 0, len, is_tuple: false })
    }

    fn deserialize_tuple<V: Visitor<'static>>(self, len: usize, visitor: V) -> Result<V::Value> {
        self.tracer.ask(self.at, format_args!("tuple {len}"))?;
        self.tuple(len, visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'static>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value> {
        self.tracer.ask(self.at, format_args!("tuple {len} {name}"))?;
        self.tuple(len, visitor)
    }

    fn deserialize_map<V: Visitor<'static>>(self, visitor: V) -> Result<V::Value> {
        self.tracer.ask(self.at, "map")?;
        let (key, value) = (self.tracer.inside(self.at, "key"), self.tracer.inside(self.at, "value"));
        let made_up = !self.tracer.avoids(key) && !self.tracer.avoids(value);
        self.entries(made_up, visitor)
    }

    fn deserialize_struct<V: Visitor<'static>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.fields((name, ""), fields, visitor)
    }

    fn deserialize_enum<V: Visitor<'static>>(
        mut self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.tracer.ask(self.at, format_args!("enum {name}{variants:?}"))?;
        if self.tracer.repeats((name, variants)) {
            self.at = None;
        }
        self.tracer.path.push((name, variants));
        let answer = match Variant::choose(self.tracer, self.at, self.depth, name, variants) {
            Some(variant) => {
                let at = variant.at;
                let answer = visitor.visit_enum(variant);
                self.tracer.leave(at, &answer);
                answer
            }
            None => Err(Refusal::Other),
        };
        self.tracer.path.pop();
        self.tracer.heed(self.at, answer)
    }

    fn deserialize_any<V: Visitor<'static>>(self, visitor: V) -> Result<V::Value> {
        self.tracer.is_open = true;
        self.tracer.ask(self.at, "any")?;
        let (at, round) = (self.at, self.tracer.round);
        let is_known = self.tracer.place(at).is_some_and(|place| !place.words.is_empty());
        let choice = if is_known { 0 } else { round % 6 };
        if choice == 0 {
            return self.entries(false, visitor);
        }
        let answer = match choice {
            1 => visitor.visit_u64(1),
            2 => visitor.visit_borrowed_str("1"),
            3 => visitor.visit_unit(),
            4 => visitor.visit_bool(true),
            _ => visitor.visit_f64(1.0),
        };
        self.tracer.heed(at, answer)
    }

    fn deserialize_ignored_any<V: Visitor<'static>>(self, visitor: V) -> Result<V::Value> {
        self.tracer.is_open = true;
        self.tracer.ask(self.at, "ignored")?;
        visitor.visit_unit()
    }
}
