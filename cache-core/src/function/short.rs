//! [`ShortCut`]: the way from an annotated function to what is stored for a call, without the steps in between.

use std::any::TypeId;
use std::fmt;

use super::fast::Settled;
use super::site::Site;
use crate::flow::{Unawaited, Waiters};
use crate::key::{Instance, Probe};
use crate::ttl::Ttl;

/// Where stored values can be found without asking a cache. A call that finds nothing goes the way of every call.
pub trait ShortCut: Sized {
    /// What was found, of whatever type. The value stays where it is: a hit copies it to where the caller wants it.
    type Found;
    /// Where the result of a run is to be kept.
    type Ticket: Ticket;

    /// What is stored for a key, fresh, if it can be had, as values of this type; with the mark of the key, if that is not the
    /// one of the probe.
    fn find<P: Probe>(
        site: &'static Site,
        values: TypeId,
        probe: P,
        mark: Option<u64>,
        instance: Option<Instance>,
    ) -> Option<Self::Found>;

    /// Whether [`ShortCut::find`] finds on this thread what is there: every step was made.
    fn was_sure() -> bool;
}

/// Where the result of a run is to be kept, and what stood there before the run.
pub trait Ticket {
    /// The function and its handler.
    fn settled(&self) -> &'static Settled;
    /// Takes down what stands there now. Gives false where something stands under the recorded bytes of the key that the short
    /// cut may not find, such as what was stored before there was one.
    fn look(&mut self, key: &[u8]) -> bool;
    /// Counts a miss that runs the function.
    fn count_run(&self);
    /// Whether nothing was invalidated or stored there since the look, but for what was kept by this; with the recorded bytes
    /// of the key.
    fn stands(&self, key: &[u8]) -> bool;
}

/// What is done with values of type `V` on a short cut.
pub struct Short<V, S: ShortCut> {
    /// The value of what was found, if it is of this type.
    pub value: fn(&S::Found) -> Option<&V>,
    /// What is stored for a key of this mark, found with every step that a hit leaves out: it makes the short cut if there is to
    /// be one, and is sure of the time.
    pub again: Again<S::Found>,
    /// A ticket for a key of this mark, if there is a short cut.
    pub ticket: fn(&'static Site, u64, Option<Instance>) -> Option<S::Ticket>,
    /// Ends a run, and keeps the value of its result under the recorded bytes of its key; gives those who wait.
    pub keep: Keep<V, S::Ticket>,
}

/// See [`Short::keep`].
type Keep<V, T> = fn(&mut T, &mut Unawaited, &[u8], V, Option<Ttl>) -> Option<Waiters>;

/// See [`Short::again`].
type Again<F> = fn(&'static Site, &dyn Probe, u64, Option<Instance>) -> Option<F>;

impl<V, S: ShortCut> Short<V, S> {
    /// No short cut.
    #[must_use]
    pub const fn none() -> Self {
        Self { value: |_| None, again: |_, _, _, _| None, ticket: |_, _, _| None, keep: |_, _, _, _, _| None }
    }
}

impl<V, S: ShortCut> Clone for Short<V, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V, S: ShortCut> Copy for Short<V, S> {}

impl<V, S: ShortCut> fmt::Debug for Short<V, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Short").finish_non_exhaustive()
    }
}
