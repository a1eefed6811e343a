//! The memory of a trace: a tree of places in the type, and what was asked at each of them.
//!
//! Places are told apart by their path from the root, so that `Gen<u8>` beside `Gen<String>`, or two structs of one
//! name, never mix. (Addresses of field lists would do that too, but the linker may merge equal lists in one build and
//! not in the next.)

use std::fmt::{Display, Write};

use super::{Struct, refusal::Refusal};

pub(super) const ROOT: usize = 0;
/// Questions answered at most, over all rounds.
const QUESTIONS: u32 = 50_000;
/// Places remembered at most.
const PLACES: usize = 4096;
/// A struct or enum inside itself is followed so many times.
const REPEATS: usize = 2;

/// The list of fields or variants, with the name, of a struct or enum.
pub(super) type Signature = (&'static str, &'static [&'static str]);

/// One place in the type: a field, an element, a variant.
#[derive(Default)]
pub(super) struct Place {
    asked: Vec<String>,
    inside: Vec<(String, usize)>,
    /// Texts that this place takes, or keys that it misses, as its refusals told.
    pub(super) words: Vec<&'static str>,
    pub(super) visited: bool,
    pub(super) refused: bool,
    /// The round of the last visit.
    pub(super) last: u32,
    /// Another name of a field that has a place already.
    pub(super) is_alias: bool,
    /// To be visited before its aliases.
    pub(super) goes_first: bool,
    structs: Vec<((&'static str, &'static str), &'static [&'static str])>,
}

pub(super) struct Tracer {
    places: Vec<Place>,
    pub(super) round: u32,
    questions: u32,
    news: bool,
    pub(super) is_open: bool,
    /// The structs and enums around the current place.
    pub(super) path: Vec<Signature>,
}

impl Tracer {
    pub(super) fn new() -> Self {
        let root = Place { visited: true, ..Place::default() };
        Self { places: vec![root], round: 0, questions: 0, news: false, is_open: false, path: Vec::new() }
    }

    /// A place to read, or `None` where nothing is remembered.
    pub(super) fn place(&mut self, at: Option<usize>) -> Option<&mut Place> {
        self.places.get_mut(at?)
    }

    /// Counts a question at a place.
    pub(super) fn ask(&mut self, at: Option<usize>, what: impl Display) -> Result<(), Refusal> {
        self.questions += 1;
        if self.questions > QUESTIONS {
            return Err(Refusal::Other);
        }
        self.learn(at, what);
        Ok(())
    }

    /// Remembers something about a place.
    pub(super) fn learn(&mut self, at: Option<usize>, what: impl Display) {
        let Some(place) = at.and_then(|at| self.places.get_mut(at)) else {
            return;
        };
        let what = what.to_string();
        if !place.asked.contains(&what) {
            place.asked.push(what);
            self.news = true;
        }
    }

    /// Remembers words that a place takes.
    pub(super) fn learn_words(&mut self, at: Option<usize>, words: &[&'static str]) {
        let Some(place) = at.and_then(|at| self.places.get_mut(at)) else {
            return;
        };
        for word in words {
            if !place.words.contains(word) && place.words.len() < PLACES {
                place.words.push(word);
                self.news = true;
            }
        }
    }

    pub(super) fn learn_struct(
        &mut self,
        at: Option<usize>,
        named: (&'static str, &'static str),
        fields: &'static [&'static str],
    ) {
        self.learn(at, format_args!("struct {}{:?}", named.0, fields));
        let Some(place) = at.and_then(|at| self.places.get_mut(at)) else {
            return;
        };
        if !place.structs.contains(&(named, fields)) {
            place.structs.push((named, fields));
        }
    }

    /// Keeps the hint of a refusal for the next round.
    pub(super) fn heed<T>(&mut self, at: Option<usize>, answer: Result<T, Refusal>) -> Result<T, Refusal> {
        match &answer {
            Err(Refusal::Wants(what)) => self.learn(at, format_args!("wants {what}")),
            Err(Refusal::Missing(key)) => self.learn_words(at, &[key]),
            Err(Refusal::Unknown(words)) => self.learn_words(at, words),
            _ => return answer,
        }
        answer.map_err(|_| Refusal::Other)
    }

    /// The place of this label inside another one; `None` if nothing more can be remembered.
    pub(super) fn inside(&mut self, at: Option<usize>, label: impl Display) -> Option<usize> {
        let label = label.to_string();
        let known = self.places.get(at?)?.inside.iter().find(|(known, _)| *known == label);
        if let Some((_, place)) = known {
            return Some(*place);
        }
        if self.places.len() >= PLACES {
            return None;
        }
        let new = self.places.len();
        self.places.push(Place::default());
        self.places.get_mut(at?)?.inside.push((label, new));
        Some(new)
    }

    /// Goes to a place: it counts as reached from now on.
    pub(super) fn visit(&mut self, at: Option<usize>) {
        let round = self.round;
        if let Some(place) = self.place(at) {
            place.last = round;
            let first = !std::mem::replace(&mut place.visited, true);
            self.news |= first;
        }
    }

    /// Comes back from a place.
    pub(super) fn leave<T>(&mut self, at: Option<usize>, answer: &Result<T, Refusal>) {
        if let Some(place) = self.place(at) {
            place.refused = answer.is_err();
        }
    }

    /// Whether to pass over a content that refused, this time.
    pub(super) fn avoids(&mut self, at: Option<usize>) -> bool {
        let odd = self.round % 2 == 1;
        self.place(at).is_none_or(|place| place.refused && odd)
    }

    /// Whether a struct or enum lies inside itself for too many times to follow.
    pub(super) fn repeats(&self, signature: Signature) -> bool {
        self.path.iter().filter(|around| **around == signature).count() >= REPEATS
    }

    /// Says whether anything new came up in the round.
    pub(super) fn end_round(&mut self) -> bool {
        self.round += 1;
        self.path.clear();
        std::mem::take(&mut self.news)
    }

    /// Whether every place was reached, and none of them hides something behind `deserialize_any`.
    pub(super) fn is_complete(&self) -> bool {
        self.questions > QUESTIONS || (!self.is_open && self.places.iter().all(|place| place.visited || place.is_alias))
    }

    pub(super) fn asked_nothing(&self) -> bool {
        self.places.first().is_none_or(|root| root.asked.is_empty())
    }

    /// Everything that was found out, as text.
    pub(super) fn describe(&self) -> String {
        let mut text = String::new();
        self.describe_place(ROOT, &mut text);
        text
    }

    fn describe_place(&self, at: usize, text: &mut String) {
        let Some(place) = self.places.get(at) else { return };
        text.push_str(&place.asked.join("|"));
        if !place.words.is_empty() {
            let _ = write!(text, "{:?}", place.words);
        }
        text.push('(');
        for (label, inside) in &place.inside {
            let _ = write!(text, "{label}:");
            self.describe_place(*inside, text);
            text.push(';');
        }
        text.push(')');
    }

    /// Every struct that was seen, each once.
    pub(super) fn structs(&self) -> Vec<Struct> {
        let mut all = Vec::new();
        for place in &self.places {
            for (named, fields) in &place.structs {
                let is_needed = |name: &str| {
                    let label = format!(".{name}");
                    let inside = place.inside.iter().find(|(known, _)| *known == label);
                    let inside = inside.and_then(|(_, at)| self.places.get(*at));
                    inside.is_some_and(|inside| inside.visited && !inside.is_alias)
                };
                let needed = fields.iter().copied().filter(|name| is_needed(name)).collect();
                let found = Struct { named: *named, fields: fields.to_vec(), needed };
                if !all.contains(&found) {
                    all.push(found);
                }
            }
        }
        all
    }
}
