//! How a type refuses a made-up value: often with a hint at what it would have taken.

use std::fmt;

use serde::de::{Error, Expected, Unexpected};

#[derive(Debug)]
pub(super) enum Refusal {
    /// A field came twice: its name was an alias of this field.
    Duplicate(&'static str),
    /// A map lacks this entry.
    Missing(&'static str),
    /// A text is none of these.
    Unknown(&'static [&'static str]),
    /// Something else was expected.
    Wants(String),
    /// No hint, or one that was taken already.
    Other,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a made-up value was refused")
    }
}

impl std::error::Error for Refusal {}

impl Error for Refusal {
    fn custom<M: fmt::Display>(_: M) -> Self {
        Self::Other
    }

    fn invalid_type(_: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        Self::Wants(wanted.to_string())
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::Duplicate(field)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field)
    }

    fn unknown_variant(_: &str, known: &'static [&'static str]) -> Self {
        Self::Unknown(known)
    }

    fn unknown_field(_: &str, known: &'static [&'static str]) -> Self {
        Self::Unknown(known)
    }
}
