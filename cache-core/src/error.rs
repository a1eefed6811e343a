//! What can go wrong, said so that a reader knows what happened, where, and what to do next.

use std::error::Error as StdError;
use std::fmt;

/// Why a handler's store could not do what it was asked.
///
/// ```
/// use cache_core::BackendError;
///
/// let error = BackendError::new("connection refused");
/// assert_eq!(error.to_string(), "connection refused");
/// ```
#[derive(Debug)]
pub struct BackendError {
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl BackendError {
    /// An error that says `message`. It must contain no secret: it is shown in logs.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), source: None }
    }

    /// The same error with what caused it.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for BackendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.source {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
        }
    }
}

impl StdError for BackendError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// An error of an explicit operation or of the configuration. Calls of cached functions never return it: for them a
/// handler that fails is a miss.
///
/// ```
/// use cache_core::Cache;
///
/// let error = Cache::builder().default_handler("ram").build().unwrap_err();
/// assert!(error.to_string().contains("no handler"));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// No handler has this name.
    UnknownHandler {
        /// The name that was asked for.
        name: String,
        /// The names that are there.
        known: Vec<String>,
    },
    /// A handler's store could not do what it was asked.
    Handler {
        /// The handler's name.
        handler: String,
        /// What was to be done, and with which key, function or tag.
        operation: String,
        /// Why it failed.
        source: BackendError,
    },
    /// A value that this handler cannot keep.
    Unstorable {
        /// The handler's name.
        handler: String,
        /// The key or function.
        subject: String,
        /// Why, and what to do instead.
        reason: String,
    },
    /// The configuration cannot be used: every reason, one a line.
    Config(Vec<String>),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownHandler { name, known } => {
                write!(f, "there is no handler `{name}`; ")?;
                match known.as_slice() {
                    [] => write!(f, "this cache has none"),
                    known => write!(f, "this cache has `{}`", known.join("`, `")),
                }
            }
            Self::Handler { handler, operation, source } => {
                write!(f, "handler `{handler}`: {operation} failed: {source}")
            }
            Self::Unstorable { handler, subject, reason } => {
                write!(f, "handler `{handler}` cannot keep `{subject}`: {reason}")
            }
            Self::Config(reasons) => write!(f, "{}", reasons.join("\n")),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Handler { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl Error {
    /// A configuration error for one reason.
    pub fn config(reason: impl Into<String>) -> Self {
        Self::Config(vec![reason.into()])
    }
}

/// The result of larder's own operations.
pub type Result<T, E = Error> = std::result::Result<T, E>;
