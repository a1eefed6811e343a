//! The two ways the codec says no: a value that may not be written, and bytes that may not be read.
//!
//! Neither is an error to the caller of a cached function: the first leaves a value unstored, the second is a miss.

use std::fmt;

/// Why a value or a type cannot be stored as bytes.
///
/// The message names the type, says what is wrong and what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unstorable {
    type_name: &'static str,
    why: Box<str>,
}

impl Unstorable {
    pub(crate) fn new<T: ?Sized>(why: impl Into<Box<str>>) -> Self {
        Self { type_name: core::any::type_name::<T>(), why: why.into() }
    }

    /// The type in question, as `core::any::type_name` spells it.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        self.type_name
    }

    /// What is wrong, without the advice of the whole message.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.why
    }
}

impl fmt::Display for Unstorable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { type_name, why } = self;
        write!(
            f,
            "type `{type_name}` cannot be stored as bytes: {why}; keep it on a handler of objects such as `ram`, or store another type"
        )
    }
}

impl std::error::Error for Unstorable {}

/// Why stored bytes are not a value of the type asked for.
///
/// The cache treats it as a miss and overwrites the entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecodable {
    why: Box<str>,
}

impl Undecodable {
    pub(crate) fn new(why: impl Into<Box<str>>) -> Self {
        Self { why: why.into() }
    }

    /// What is wrong, without the advice of the whole message.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.why
    }
}

impl fmt::Display for Undecodable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the stored bytes are not such a value: {}; treat the entry as a miss and write it anew", self.why)
    }
}

impl std::error::Error for Undecodable {}

impl serde::de::Error for Undecodable {
    fn custom<M: fmt::Display>(message: M) -> Self {
        Self::new(message.to_string())
    }
}

/// Why writing stopped; internal, since only the outermost call knows the type's name.
#[derive(Debug)]
pub(super) enum Stop {
    /// The compact form could be misread: write the named one.
    NeedsNames,
    /// No form can hold it.
    Refused(Box<str>),
}

impl Stop {
    pub(super) fn too_deep() -> Self {
        Self::Refused(format!("it is nested deeper than {} levels, or than the stack allows", super::MAX_DEPTH).into())
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeedsNames => f.write_str("it needs the named form"),
            Self::Refused(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Stop {}

impl serde::ser::Error for Stop {
    fn custom<M: fmt::Display>(message: M) -> Self {
        Self::Refused(format!("its `Serialize` says: {message}").into())
    }
}
