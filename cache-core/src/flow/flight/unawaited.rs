//! [`Unawaited`]: a run that nobody waits for yet.

use super::under_way::UnderWay;
use super::{Flights, Landing, Leader};
use crate::flow::stack::Inside;
use crate::key::Key;

/// A run of the calling thread. It costs nothing on the heap until somebody comes to wait for it. Dropped without an end, it
/// goes the way of a `Leader`.
pub struct Unawaited {
    flights: &'static Flights,
    mark: u64,
    /// 0 when it has ended.
    id: u64,
    /// Dropped behind all else that is done here.
    _inside: Inside,
}

/// Those who came to wait for such a run, which has ended. They are told what it gave by `Waiters::land`.
#[derive(Debug)]
pub struct Waiters(Leader<'static>);

impl Flights {
    /// Begins a run of `key`, if none is under way; `mark` is its mark.
    #[inline]
    pub(crate) fn begin_unawaited(&'static self, key: &Key<'_>, mark: u64) -> Option<Unawaited> {
        let id = self.0.under_way.begin(key, mark)?;
        Some(Unawaited { flights: self, mark, id, _inside: Inside::of(id) })
    }
}

impl Unawaited {
    /// Ends it. `commit` is called with whether what it gave may be stored (no invalidation, `set` or `refresh` of its key came
    /// meanwhile), before another run of the key can begin. Once it has ended there is nothing more to end.
    #[inline]
    pub fn end(&mut self, commit: impl FnOnce(bool)) -> Option<Waiters> {
        self.leave(commit).map(Waiters)
    }

    fn leave(&mut self, commit: impl FnOnce(bool)) -> Option<Leader<'static>> {
        let under_way: &UnderWay = &self.flights.0.under_way;
        let flight = under_way.end(self.mark, std::mem::take(&mut self.id), commit)?;
        Some(Leader::last(&self.flights.0, flight))
    }
}

impl Drop for Unawaited {
    fn drop(&mut self) {
        if self.id != 0 {
            drop(self.leave(|_| ()));
        }
    }
}

impl std::fmt::Debug for Unawaited {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Unawaited").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Waiters {
    /// Whether the key was invalidated, set or refreshed meanwhile: see [`Meanwhile`](super::under_way::Meanwhile).
    pub(crate) fn is_detached(&self) -> bool {
        self.0.meanwhile().is_detached
    }

    /// Tells them. Nobody can come any more.
    pub(crate) fn land(self, landing: Landing) {
        self.0.land(landing);
    }
}
