//! What a type reads, found by asking it: the schema behind the fingerprint.
//!
//! `Deserialize` is run against a deserializer that answers with made-up values and writes down what was asked. A value
//! that refuses what was made up (a `Url`, a `NonZeroU8`) does not lose the rest: what was traced is kept, the type is
//! asked again with the refusing field moved behind the others, with another variant of each enum and with other made-up
//! values, until every field and variant was reached or nothing new comes up.
//!
//! Rounds, questions, depth and places are limited, so that a recursive or enormous type costs milliseconds, once in a
//! process. Nothing depends on addresses or random hashes: the same type gives the same schema in every process.
//!
//! It cannot see what a type checks after reading, elements of a tuple behind one that always refuses, optional fields
//! of a `flatten`ed or tagged struct, nor what `Serialize` does. The shape of compact payloads and the tags of named
//! ones cover those.

mod access;
mod made_up;
mod probe;
mod refusal;
mod tree;

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::de::DeserializeOwned;

use probe::Probe;
use tree::{ROOT, Tracer};

/// Times that a type is asked at most. A plain type is done after one, an enum takes one for each variant.
const ROUNDS: u32 = 512;
/// Rounds without anything new after which a type is left alone.
const STALLED: u32 = 12;

/// A struct, or a struct variant, that a type reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Struct {
    /// Its name, and the variant's (empty where it is none).
    pub(super) named: (&'static str, &'static str),
    /// Every name that is understood, aliases too.
    pub(super) fields: Vec<&'static str>,
    /// The fields that were seen to be read, aliases apart.
    pub(super) needed: Vec<&'static str>,
}

/// What a type reads.
#[derive(Clone, Debug)]
pub(super) struct Schema {
    text: String,
    structs: Vec<Struct>,
    is_open: bool,
    is_hopeless: bool,
}

impl Schema {
    /// Asks `T`.
    pub(super) fn of<T: DeserializeOwned>() -> Self {
        let mut tracer = Tracer::new();
        let (mut stalled, mut came_back) = (0, false);
        for _ in 0..ROUNDS {
            // A `Deserialize` of the user's own may panic on values it has never seen: then this is all that is known.
            match catch_unwind(AssertUnwindSafe(|| T::deserialize(Probe::new(&mut tracer)).map(drop))) {
                Ok(answer) => came_back |= tracer.heed(Some(ROOT), answer).is_ok(),
                Err(_) => {
                    tracer.learn(Some(ROOT), "panics");
                    break;
                }
            }
            stalled = if tracer.end_round() { 0 } else { stalled + 1 };
            if stalled == STALLED || tracer.is_complete() {
                break;
            }
        }
        Self {
            text: tracer.describe(),
            structs: tracer.structs(),
            is_open: tracer.is_open,
            is_hopeless: !came_back && tracer.asked_nothing(),
        }
    }

    /// The schema in words: for hashing, and for whoever wants to see what differs.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether the type asks what comes next (`deserialize_any` and the like), which only named values can tell it.
    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    /// Whether the type refuses without having asked for anything.
    pub(super) fn is_hopeless(&self) -> bool {
        self.is_hopeless
    }

    /// The structs of this name, or the struct variants of this name and variant.
    pub(super) fn structs(&self, named: (&str, &str)) -> impl Iterator<Item = &Struct> {
        self.structs.iter().filter(move |known| known.named == named)
    }
}
