//! The configuration of the two tiers.

use cache_core::{Clock, Env, IntoHandler, Opened, Result};

use super::backend::Tiered;
use crate::{RamBuilder, RedisBuilder};

/// Configures a [`Tiered`] handler, made by [`Tiered::new`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is given to `Cache::builder().handler(..)`"]
pub struct TieredBuilder {
    pub(super) near: RamBuilder,
    pub(super) remote: RedisBuilder,
    pub(super) serve_without_remote: bool,
}

impl TieredBuilder {
    /// Whether values in memory are given while the server is away; off unless set.
    ///
    /// They may then be older than an invalidation by another process, for as long as the server is away; what
    /// this process invalidates, and what is over, is never given. When the server is back, nothing that was in memory
    /// is given any more.
    pub const fn serve_without_remote(mut self, serve: bool) -> Self {
        self.serve_without_remote = serve;
        self
    }
}

impl IntoHandler for TieredBuilder {
    fn open(self, _env: &Env) -> Result<Opened> {
        // A server ends lives by its own clock, which no test's clock stands for.
        let near = self.near.build(&Env { clock: Clock::system() })?;
        let (remote, settings) = self.remote.build(true)?;
        Ok(settings.open(Tiered::of(near, remote, self.serve_without_remote)))
    }
}
