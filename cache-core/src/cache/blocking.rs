//! The direct interface for sync code: the same operations, waiting on the caller's thread.

use std::convert::Infallible;

use super::direct::sync;
use super::{Cache, Storable};
use crate::block_on;
use crate::error::Result;
use crate::ttl::Ttl;

/// The direct interface of a [`Cache`] for sync code. It needs no runtime and works inside one.
///
/// ```
/// use cache_core::{Cache, Memory};
///
/// let cache = Cache::builder().handler("ram", Memory::default()).build()?.blocking();
/// assert_eq!(cache.get_or_set_with("answer", 30, || 42_u64)?, 42);
/// assert_eq!(cache.get::<u64>("answer")?, Some(42));
/// # Ok::<(), cache_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Blocking(Cache);

impl Blocking {
    pub(super) const fn new(cache: Cache) -> Self {
        Self(cache)
    }

    /// [`Cache::get`].
    ///
    /// # Errors
    /// As there.
    pub fn get<V: Storable>(&self, key: &str) -> Result<Option<V>> {
        block_on(self.0.get(key))
    }

    /// [`Cache::set`].
    ///
    /// # Errors
    /// As there.
    pub fn set<V: Storable>(&self, key: &str, value: V, ttl: impl Into<Ttl>) -> Result<()> {
        block_on(self.0.set(key, value, ttl))
    }

    /// [`Cache::get_or_set`].
    ///
    /// # Errors
    /// As there.
    pub fn get_or_set<V: Storable>(&self, key: &str, value: V, ttl: impl Into<Ttl>) -> Result<V> {
        self.get_or_set_with(key, ttl, || value)
    }

    /// [`Cache::get_or_set_with`].
    ///
    /// # Errors
    /// As there.
    pub fn get_or_set_with<V: Storable>(&self, key: &str, ttl: impl Into<Ttl>, load: impl FnOnce() -> V) -> Result<V> {
        match sync::try_get_or_set_with(&self.0, key, ttl.into(), || Ok::<V, Infallible>(load())) {
            Ok(value) => Ok(value),
            Err(never) => match never {},
        }
    }

    /// [`Cache::try_get_or_set_with`].
    ///
    /// # Errors
    /// As there.
    pub fn try_get_or_set_with<V: Storable, E>(
        &self,
        key: &str,
        ttl: impl Into<Ttl>,
        load: impl FnOnce() -> Result<V, E>,
    ) -> Result<V, E> {
        sync::try_get_or_set_with(&self.0, key, ttl.into(), load)
    }

    /// [`Cache::remove`].
    ///
    /// # Errors
    /// As there.
    pub fn remove(&self, key: &str) -> Result<()> {
        block_on(self.0.remove(key))
    }

    /// [`Cache::clear_matching`].
    ///
    /// # Errors
    /// As there.
    pub fn clear_matching(&self, pattern: &str) -> Result<()> {
        block_on(self.0.clear_matching(pattern))
    }

    /// [`Cache::clear`].
    ///
    /// # Errors
    /// As there.
    pub fn clear(&self) -> Result<()> {
        block_on(self.0.clear())
    }

    /// [`Cache::flush`].
    ///
    /// # Errors
    /// As there.
    pub fn flush(&self) -> Result<()> {
        block_on(self.0.flush())
    }

    /// [`Cache::invalidate_tag`].
    ///
    /// # Errors
    /// As there.
    pub fn invalidate_tag(&self, tag: &str) -> Result<()> {
        block_on(self.0.invalidate_tag(tag))
    }
}
