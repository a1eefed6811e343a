//! Configuring handlers at start-up.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::handler::Handler;
use super::open::{Env, IntoHandler, Opened};
use super::{Cache, Handlers, Inner};
use crate::clock::Clock;
use crate::error::{Error, Result};

type Open = Box<dyn FnOnce(&Env) -> Result<Opened>>;

/// How long a caller waits for a run that another one leads, unless told otherwise.
pub(super) const FLIGHT_DEADLINE: Duration = Duration::from_secs(30);

/// Configures a [`Cache`]: handlers by name, in any number and of any kind.
///
/// ```
/// use cache_core::{Cache, Memory};
///
/// let cache = Cache::builder().handler("ram", Memory::default()).build()?;
/// # Ok::<(), cache_core::Error>(())
/// ```
#[must_use = "a builder does nothing until `build()`"]
pub struct CacheBuilder {
    handlers: Vec<(String, Open)>,
    default: Option<String>,
    clock: Clock,
    deadline: Duration,
}

impl CacheBuilder {
    pub(super) fn new() -> Self {
        Self { handlers: Vec::new(), default: None, clock: Clock::system(), deadline: FLIGHT_DEADLINE }
    }

    /// Adds a handler: a builder of larder's, or a [`crate::Backend`] of your own. The first one is the default.
    pub fn handler(mut self, name: impl Into<String>, handler: impl IntoHandler + 'static) -> Self {
        self.handlers.push((name.into(), Box::new(move |env| handler.open(env))));
        self
    }

    /// Names the handler of functions and direct calls that name none.
    pub fn default_handler(mut self, name: impl Into<String>) -> Self {
        self.default = Some(name.into());
        self
    }

    /// How long a caller waits for another caller's run of the same key, in this process or in another
    /// (`single_flight = "shared"`), before it runs for itself. 30 s by default.
    pub const fn flight_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The clock of everything in this cache. For tests; the system's by default.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Checks the configuration and opens the handlers. Nothing goes over a network here.
    ///
    /// # Errors
    /// [`Error::Config`] with every reason: no handler, a name that is empty or given twice, a default that is not
    /// there, and whatever a handler refuses.
    pub fn build(self) -> Result<Cache> {
        let mut problems = Vec::new();
        let names: Vec<String> = self.handlers.iter().map(|(name, _)| name.clone()).collect();
        if names.is_empty() {
            problems.push("this cache has no handler: add one with `.handler(\"ram\", Ram::builder())`".to_owned());
        }
        for (index, name) in names.iter().enumerate() {
            if name.is_empty() {
                problems.push("a handler has an empty name: functions could not ask for it".to_owned());
            } else if names[..index].contains(name) {
                problems.push(format!("there are two handlers `{name}`: give one of them another name"));
            }
        }
        let default = self.default.clone().or_else(|| names.first().cloned()).unwrap_or_default();
        if self.default.is_some() && !names.contains(&default) {
            let unknown = Error::UnknownHandler { name: default.clone(), known: names };
            problems.push(format!("the default handler cannot be used: {unknown}"));
        }
        let env = Env { clock: self.clock.clone() };
        let mut handlers = Vec::new();
        for (name, open) in self.handlers {
            match open(&env) {
                Ok(opened) => {
                    handlers.push(Arc::new(Handler::new(name, opened, self.clock.clone(), self.deadline)));
                }
                Err(error) => problems.push(format!("handler `{name}`: {error}")),
            }
        }
        match handlers.iter().find(|handler| handler.name() == default) {
            Some(chosen) if problems.is_empty() => {
                let chosen = Arc::clone(chosen);
                Ok(Cache { inner: Arc::new(Inner::new(Handlers::Fixed(handlers), self.clock)), chosen })
            }
            _ => Err(Error::Config(problems)),
        }
    }
}

impl fmt::Debug for CacheBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.handlers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("CacheBuilder").field("handlers", &names).field("default", &self.default).finish_non_exhaustive()
    }
}
