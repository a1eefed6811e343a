//! [`Lead`] and [`Lease`]: the right to run a key among all processes on a store.

use std::any::Any;
use std::fmt;

/// What asking for the right to run came to: see [`Backend::lead`](crate::Backend::lead).
#[derive(Debug)]
pub enum Lead {
    /// Run. Nobody is held off meanwhile: the store gives no such rights, or not now.
    Unshared,
    /// Look once more, since another may have stored a result before this was granted; then run, and drop the lease
    /// behind the commit.
    Granted(Lease),
    /// As [`Lead::Granted`], and the slot still held what was seen, asked in the same step: there is no need to look.
    Unchanged(Lease),
    /// Look once more, and ask again if there is nothing: the slot has changed, or the caller's patience has passed.
    Changed,
}

/// The right to run, given back when it is dropped: on any thread, and without waiting there.
///
/// ```
/// use cache_core::Lease;
///
/// struct Unlock;
/// impl Drop for Unlock {
///     fn drop(&mut self) { println!("the next one may run") }
/// }
/// let lease = Lease::new(Unlock);
/// drop(lease);
/// ```
pub struct Lease(#[expect(dead_code, reason = "dropping it gives the right back")] Box<dyn Any + Send + Sync>);

impl Lease {
    /// A right that is given back by dropping `guard`.
    #[must_use]
    pub fn new(guard: impl Send + Sync + 'static) -> Self {
        Self(Box::new(guard))
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease").finish_non_exhaustive()
    }
}
