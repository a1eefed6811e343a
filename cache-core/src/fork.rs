//! Children of a `fork(2)`: a child has the memory of its parent, and none of its threads but one.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

static FORKS: AtomicU64 = AtomicU64::new(0);

/// How many forks lie between this process and the one that it began as.
pub(crate) fn forks() -> u64 {
    FORKS.load(Ordering::Relaxed)
}

/// Says that this process is the child of a fork. For backends that are told by the system; what other threads had under way is
/// forgotten then.
pub fn became_child() {
    FORKS.fetch_add(1, Ordering::SeqCst);
}

/// Something that a child of a fork begins anew: whoever is in it in the parent is not there, and neither is who holds its lock.
#[derive(Debug)]
pub(crate) struct InProcess<T> {
    born: u64,
    here: T,
    in_child: OnceLock<Box<Self>>,
}

impl<T: Default> Default for InProcess<T> {
    fn default() -> Self {
        Self { born: forks(), here: T::default(), in_child: OnceLock::new() }
    }
}

impl<T> InProcess<T> {
    /// What the first process has.
    pub(crate) const fn of_first(here: T) -> Self {
        Self { born: 0, here, in_child: OnceLock::new() }
    }
}

impl<T: Default> InProcess<T> {
    pub(crate) fn here(&self) -> &T {
        if self.born == forks() {
            return &self.here;
        }
        self.in_child.get_or_init(Box::default).here()
    }
}
