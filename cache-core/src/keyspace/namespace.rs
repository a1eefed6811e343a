//! [`Namespace`]: the keys of one name, in whichever cache a caller is in.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use super::Keyspace;
use crate::cache::{Cache, Surroundings, surroundings};
use crate::fork::made;

/// A namespace by name, found in whichever cache a caller is in.
pub struct Namespace {
    name: String,
    handler: Option<String>,
    /// A cache that was chosen, whatever is installed.
    cache: Option<Cache>,
    fallback: fn() -> Cache,
    /// In the chosen or installed cache, which never change; `None` if its handler is not there.
    fixed: OnceLock<Option<Arc<Keyspace>>>,
    reported: AtomicBool,
}

impl Namespace {
    /// `name` on the handler `handler` of `cache`, or of whichever is installed, or of what `fallback` makes.
    #[must_use]
    pub const fn new(name: String, handler: Option<String>, cache: Option<Cache>, fallback: fn() -> Cache) -> Self {
        Self { name, handler, cache, fallback, fixed: OnceLock::new(), reported: AtomicBool::new(false) }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its keys where the caller is. `None` outside the test that is under way, and where the handler is missing, which
    /// is logged.
    pub fn here(&self) -> Option<Arc<Keyspace>> {
        if let Some(cache) = &self.cache {
            return self.fixed_in(cache);
        }
        match surroundings(&self.name, self.fallback) {
            Surroundings::Installed(cache) => self.fixed_in(cache),
            Surroundings::In(cache) => self.within(&cache),
            #[cfg(feature = "test")]
            Surroundings::Escaped => None,
        }
    }

    fn fixed_in(&self, cache: &Cache) -> Option<Arc<Keyspace>> {
        let there = self.fixed.get().cloned();
        there.unwrap_or_else(|| {
            let keyspace = self.within(cache);
            made(&self.fixed, || keyspace).clone()
        })
    }

    fn within(&self, cache: &Cache) -> Option<Arc<Keyspace>> {
        match cache.keyspace(&self.name, self.handler.as_deref()) {
            Ok(keyspace) => Some(keyspace),
            Err(error) => {
                if !self.reported.swap(true, Ordering::Relaxed) {
                    log::error!("the responses of `{}` are not cached: {error}", self.name);
                }
                None
            }
        }
    }
}

impl fmt::Debug for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Namespace").field("name", &self.name).field("handler", &self.handler).finish_non_exhaustive()
    }
}
