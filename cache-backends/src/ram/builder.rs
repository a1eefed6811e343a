//! Parameters of [`Ram`] and their checks.

use cache_core::{Env, Error, IntoHandler, Opened, Result, Ttl};

use super::Ram;

/// Configures a handler in memory. See [`Ram`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is given to `Cache::builder().handler(..)`"]
pub struct RamBuilder {
    prefix: String,
    threshold: usize,
    default_expire: Ttl,
}

impl Default for RamBuilder {
    fn default() -> Self {
        Self { prefix: String::new(), threshold: 500, default_expire: Ttl::For(cache_core::DEFAULT_EXPIRE) }
    }
}

impl RamBuilder {
    /// A name for this handler's keys. Nothing else is in its memory, so it tells handlers apart in logs only; handlers
    /// that share a store (`Disk`, `Redis`) are kept apart by theirs. Default: none.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// The most entries that are kept at any moment; past it, those that were not read of late make room. Default: 500.
    pub const fn threshold(mut self, entries: usize) -> Self {
        self.threshold = entries;
        self
    }

    /// How long a result is fresh where neither its function nor its call says so: whole seconds, a `Duration`, or
    /// [`Ttl::Forever`]. Default: 300 s.
    pub fn default_expire(mut self, ttl: impl Into<Ttl>) -> Self {
        self.default_expire = ttl.into();
        self
    }
}

impl IntoHandler for RamBuilder {
    fn open(self, env: &Env) -> Result<Opened> {
        if self.threshold == 0 {
            return Err(Error::config(
                "`threshold` is 0, so nothing could be kept: write how many entries to keep, such as `.threshold(500)`",
            ));
        }
        let ram = Ram::new(self.threshold, self.prefix, env.clock.clone());
        Ok(Opened::new(ram).default_expire(self.default_expire))
    }
}
