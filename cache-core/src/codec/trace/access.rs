//! The inside of made-up sequences, maps, structs and enums.

use serde::de::{
    DeserializeSeed, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor, value::BorrowedStrDeserializer,
};

use super::{
    probe::{ELEMENTS, Probe, Result},
    refusal::Refusal,
    tree::Tracer,
};
use crate::codec::depth::Depth;

/// Lets a seed ask at a place, and notes how that went.
fn ask<S: DeserializeSeed<'static>>(tracer: &mut Tracer, at: Option<usize>, depth: Depth, seed: S) -> Result<S::Value> {
    let answer = Probe::inside(tracer, at, depth).and_then(|probe| seed.deserialize(probe));
    // A tagged enum refuses only after all that it asked for was answered.
    let answer = tracer.heed(at, answer);
    tracer.leave(at, &answer);
    answer
}

/// The elements of a sequence or tuple.
pub(super) struct Elements<'a> {
    pub(super) tracer: &'a mut Tracer,
    pub(super) at: Option<usize>,
    pub(super) depth: Depth,
    pub(super) next: usize,
    pub(super) len: usize,
    pub(super) is_tuple: bool,
}

impl SeqAccess<'static> for Elements<'_> {
    type Error = Refusal;

    fn next_element_seed<S: DeserializeSeed<'static>>(&mut self, seed: S) -> Result<Option<S::Value>> {
        if self.next >= self.len {
            return Ok(None);
        }
        let inside = if self.is_tuple {
            self.tracer.inside(self.at, self.next.min(ELEMENTS))
        } else {
            self.tracer.inside(self.at, "element")
        };
        self.next += 1;
        ask(self.tracer, inside, self.depth, seed).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        // A tuple's length is its type's, and as long as it likes: nobody shall reserve memory for it.
        Some(self.len.min(1))
    }
}

/// The keys of a map that are still to come.
pub(super) enum Keys {
    /// The ones that refusals asked for.
    Known(std::vec::IntoIter<&'static str>),
    MadeUp,
    Done,
}

/// The entries of a map.
pub(super) struct Entries<'a> {
    pub(super) tracer: &'a mut Tracer,
    pub(super) at: Option<usize>,
    pub(super) depth: Depth,
    pub(super) keys: Keys,
    /// The place of the value that comes next.
    pub(super) value: Option<usize>,
}

impl MapAccess<'static> for Entries<'_> {
    type Error = Refusal;

    fn next_key_seed<S: DeserializeSeed<'static>>(&mut self, seed: S) -> Result<Option<S::Value>> {
        match &mut self.keys {
            Keys::Known(words) => {
                let Some(word) = words.next() else { return Ok(None) };
                self.value = self.tracer.inside(self.at, format_args!(".{word}"));
                seed.deserialize(BorrowedStrDeserializer::new(word)).map(Some)
            }
            Keys::MadeUp => {
                self.keys = Keys::Done;
                self.value = self.tracer.inside(self.at, "value");
                let key = self.tracer.inside(self.at, "key");
                ask(self.tracer, key, self.depth, seed).map(Some)
            }
            Keys::Done => Ok(None),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'static>>(&mut self, seed: S) -> Result<S::Value> {
        ask(self.tracer, self.value, self.depth, seed)
    }
}

/// The fields of a struct, those that refuse behind the others.
pub(super) struct Fields<'a> {
    tracer: &'a mut Tracer,
    depth: Depth,
    /// The fields still to come, the next one last.
    waiting: Vec<(&'static str, Option<usize>)>,
    /// The field whose name was given, and whose value was not asked for yet.
    pending: Option<(&'static str, Option<usize>)>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(
        tracer: &'a mut Tracer,
        at: Option<usize>,
        depth: Depth,
        fields: &'static [&'static str],
    ) -> Self {
        let mut waiting: Vec<_> =
            fields.iter().map(|name| (*name, tracer.inside(at, format_args!(".{name}")))).collect();
        waiting.retain(|(_, inside)| !tracer.place(*inside).is_some_and(|place| place.is_alias));
        waiting.sort_by_key(|(_, inside)| {
            let place = tracer.place(*inside);
            place.map_or((false, false, 0), |place| {
                (!place.goes_first, place.refused, if place.refused { place.last } else { 0 })
            })
        });
        waiting.reverse();
        Self { tracer, depth, waiting, pending: None }
    }

    /// Finds out which names are aliases: the type complains that a field comes twice.
    pub(super) fn note_alias<T>(self, answer: Result<T>) -> Result<T> {
        let (Err(Refusal::Duplicate(primary)), Some((name, at))) = (&answer, self.pending) else {
            return answer;
        };
        if let Some(place) = self.tracer.place(at) {
            if name == *primary && !place.goes_first {
                place.goes_first = true;
            } else {
                place.is_alias = true;
            }
        }
        // Either way the next round is another one.
        self.tracer.learn(at, "has aliases");
        Err(Refusal::Other)
    }
}

impl MapAccess<'static> for &mut Fields<'_> {
    type Error = Refusal;

    fn next_key_seed<S: DeserializeSeed<'static>>(&mut self, seed: S) -> Result<Option<S::Value>> {
        let Some((name, at)) = self.waiting.pop() else {
            return Ok(None);
        };
        self.pending = Some((name, at));
        seed.deserialize(BorrowedStrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'static>>(&mut self, seed: S) -> Result<S::Value> {
        let at = self.pending.take().and_then(|(_, at)| at);
        ask(self.tracer, at, self.depth, seed)
    }
}

/// A variant of an enum: another one each time.
pub(super) struct Variant<'a> {
    tracer: &'a mut Tracer,
    pub(super) at: Option<usize>,
    depth: Depth,
    of: &'static str,
    name: &'static str,
}

impl<'a> Variant<'a> {
    /// Takes a variant that was not reached yet, else one that did not refuse, else the one tried longest ago.
    pub(super) fn choose(
        tracer: &'a mut Tracer,
        at: Option<usize>,
        depth: Depth,
        of: &'static str,
        variants: &'static [&'static str],
    ) -> Option<Self> {
        let (name, inside) = if at.is_some() {
            let mut places = Vec::with_capacity(variants.len());
            for name in variants {
                let inside = tracer.inside(at, format_args!("::{name}"));
                let rank =
                    tracer.place(inside).map_or((true, true, 0), |place| (place.visited, place.refused, place.last));
                places.push((rank, *name, inside));
            }
            places.into_iter().min_by_key(|(rank, ..)| *rank).map(|(_, name, inside)| (name, inside))?
        } else {
            // Deep inside a recursion: any variant may be the one that ends it.
            let turn = usize::try_from(tracer.round).ok()?.checked_rem(variants.len())?;
            (*variants.get(turn)?, None)
        };
        tracer.visit(inside);
        Some(Self { tracer, at: inside, depth, of, name })
    }
}

impl EnumAccess<'static> for Variant<'_> {
    type Error = Refusal;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'static>>(self, seed: S) -> Result<(S::Value, Self)> {
        let name = seed.deserialize(BorrowedStrDeserializer::new(self.name))?;
        Ok((name, self))
    }
}

impl VariantAccess<'static> for Variant<'_> {
    type Error = Refusal;

    fn unit_variant(self) -> Result<()> {
        self.tracer.ask(self.at, "unit variant")
    }

    fn newtype_variant_seed<S: DeserializeSeed<'static>>(self, seed: S) -> Result<S::Value> {
        self.tracer.ask(self.at, "newtype variant")?;
        let inside = self.tracer.inside(self.at, "newtype");
        ask(self.tracer, inside, self.depth, seed)
    }

    fn tuple_variant<V: Visitor<'static>>(self, len: usize, visitor: V) -> Result<V::Value> {
        self.tracer.ask(self.at, format_args!("tuple variant {len}"))?;
        let Self { tracer, at, depth, .. } = self;
        Probe { tracer, at, depth }.tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'static>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value> {
        let Self { tracer, at, depth, of, name } = self;
        Probe { tracer, at, depth }.fields((of, name), fields, visitor)
    }
}
