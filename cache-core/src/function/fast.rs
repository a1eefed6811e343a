//! A short cut for hits: a backend that keeps objects may leave a pointer in the site of a function whose calls it will
//! answer for as long as the process lives. What stands behind the pointer is the backend's affair.

use std::any::TypeId;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::site::Site;
use crate::backend::Backend;
use crate::cache::{Bound, Handler, settled};
use crate::flow::Unawaited;
use crate::key::{Key, Space};
use crate::stats::Tally;
use crate::ttl::{Life, Ttl};

/// Where a backend leaves its pointer.
#[derive(Debug)]
pub(super) struct Fast(AtomicPtr<TypeId>);

/// Nobody's type.
enum Nobody {}

/// What a site points to at first.
static NOBODY: TypeId = TypeId::of::<Nobody>();

/// In place of a type: there is no short cut.
enum Nowhere {}

/// What a site points to whose calls have no short cut.
static NOWHERE: TypeId = TypeId::of::<Nowhere>();

impl Fast {
    pub(super) const fn new() -> Self {
        Self(AtomicPtr::new((&raw const NOBODY).cast_mut()))
    }
}

impl Site {
    /// What a backend has left here; at first, an identity that is nobody's.
    #[inline]
    pub fn fast(&self) -> *mut TypeId {
        self.fast.0.load(Ordering::Acquire)
    }

    /// Leaves `pointer` here for the calls to come. What it points to begins with the identity of the type whose values it is
    /// for, and is there for the process's lifetime.
    pub fn set_fast(&self, pointer: *mut TypeId) {
        self.fast.0.store(pointer, Ordering::Release);
    }

    /// Whether nothing was left here yet.
    fn has_no_fast(&self) -> bool {
        std::ptr::eq(self.fast(), &raw const NOBODY)
    }

    /// Says that there is no short cut, if none was left here: calls do not look for one any more.
    pub fn set_slow(&self) {
        if self.has_no_fast() {
            self.set_fast((&raw const NOWHERE).cast_mut());
        }
    }

    /// Whether there is no short cut, and will be none.
    #[inline]
    #[must_use]
    pub fn is_slow(&self) -> bool {
        std::ptr::eq(self.fast(), &raw const NOWHERE)
    }

    /// Where the calls of this function go for as long as the process lives, or until a cache is installed; nothing while a
    /// test has a cache of its own.
    pub fn settled(&'static self) -> Option<Settled> {
        let bound = settled(self)?;
        let handler = bound.handler_if_there()?;
        Some(Settled { handler: Arc::clone(handler), bound, site: self })
    }
}

/// See [`Site::settled`].
#[derive(Debug)]
pub struct Settled {
    handler: Arc<Handler>,
    bound: Arc<Bound>,
    site: &'static Site,
}

impl Settled {
    /// The backend.
    #[must_use]
    pub fn backend(&self) -> &dyn Backend {
        self.handler.backend()
    }

    /// The keys of the function.
    #[must_use]
    pub fn space(&self) -> &'static Space {
        self.site.space()
    }

    /// How long a result is fresh, by what it or its call says of itself, the function, and the handler.
    #[must_use]
    pub fn life(&self, of_call: Option<Ttl>) -> Life {
        self.handler.life(self.site.ttl(of_call))
    }

    /// Begins a run of `key` that nobody waits for, if none is under way; `mark` is its mark.
    #[inline]
    pub(crate) fn begin_unawaited(&'static self, key: &Key<'_>, mark: u64) -> Option<Unawaited> {
        self.handler.flights.begin_unawaited(key, mark)
    }

    /// Has calls that are counted elsewhere appear in the statistics of the function and of the handler.
    pub fn count(&self, tally: &Arc<dyn Tally>) {
        self.bound.counters.also(Arc::clone(tally));
        self.handler.counters.also(Arc::clone(tally));
    }
}
