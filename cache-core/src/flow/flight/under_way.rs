//! The flights that are under way, by key. No hit passes here; a miss comes by twice, so an entry is a few words behind one of
//! many locks.
//!
//! A run that nobody waits for needs no [`Flight`]: it is an id and a key, and becomes a flight when somebody comes to wait.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Flight;
use crate::fork::InProcess;
use crate::key::{Key, OwnedKey};
use crate::sync::{Arc, Mutex, MutexGuard, lock};

/// How many locks there are, a power of two.
const STRIPES: usize = if cfg!(loom) { 1 } else { 64 };

/// All of them, on one handler.
#[derive(Default)]
pub(super) struct UnderWay(InProcess<Stripes>);

struct Stripes(Box<[Stripe]>);

impl Default for Stripes {
    fn default() -> Self {
        Self(std::iter::repeat_with(|| Stripe(Mutex::new(Vec::new()))).take(STRIPES).collect())
    }
}

#[repr(align(64))]
struct Stripe(Mutex<Vec<Entry>>);

struct Entry {
    /// The mark of its key.
    mark: u64,
    id: u64,
    what: What,
}

enum What {
    /// Nobody waits, and the thread that called runs it.
    Unawaited(OwnedKey),
    /// Somebody came to wait for such a run. The thread that runs it knows of its id only, and asks here when it ends.
    Joined(Arc<Flight>),
    /// Nobody comes to that one any more. Those who did are told when it ends.
    Left(Arc<Flight>),
    /// Of a leader, who has it too.
    Flight(Arc<Flight>),
}

impl What {
    fn into_flight(self) -> Option<Arc<Flight>> {
        match self {
            Self::Unawaited(_) => None,
            Self::Joined(flight) | Self::Left(flight) | Self::Flight(flight) => Some(flight),
        }
    }
}

impl Entry {
    fn is_of(&self, key: &Key<'_>, mark: u64) -> bool {
        self.mark == mark
            && match &self.what {
                What::Unawaited(owned) => key.is(owned),
                What::Joined(flight) | What::Flight(flight) => key.is(&flight.key),
                What::Left(_) => false,
            }
    }

    const fn is_left(&self) -> bool {
        matches!(self.what, What::Left(_))
    }
}

/// A number that no flight had before.
pub(super) fn next_id() -> u64 {
    /// How many a thread takes at a time: all threads together take them from one place.
    const BLOCK: u64 = 1_024;
    static NEXT: AtomicU64 = AtomicU64::new(1);
    thread_local! {
        static MINE: Cell<(u64, u64)> = const { Cell::new((0, 0)) };
    }
    let (mut next, mut end) = MINE.get();
    if next == end {
        next = NEXT.fetch_add(BLOCK, Ordering::Relaxed);
        end = next + BLOCK;
    }
    MINE.set((next + 1, end));
    next
}

/// How a caller finds a key.
pub(super) enum Found {
    /// Somebody runs.
    Flight(Arc<Flight>),
    /// Nobody does: it runs, on this flight.
    Begun(Arc<Flight>),
}

impl UnderWay {
    fn lock(&self, mark: u64) -> MutexGuard<'_, Vec<Entry>> {
        lock(&self.0.here().0[(mark >> 16) as usize & (STRIPES - 1)].0)
    }

    /// The flight of `key` unless it is `over`, or one that `make` makes for an id: for this caller, or (`true`) for the run
    /// that nobody waited for.
    pub(super) fn join(
        &self,
        key: &Key<'_>,
        over: impl FnOnce(&Flight) -> bool,
        make: impl FnOnce(u64, bool) -> Arc<Flight>,
    ) -> Found {
        let mark = key.mark();
        let mut entries = self.lock(mark);
        if let Some(at) = entries.iter().position(|entry| entry.is_of(key, mark)) {
            let entry = &mut entries[at];
            match &entry.what {
                What::Unawaited(_) => {
                    let flight = make(entry.id, true);
                    entry.what = What::Joined(Arc::clone(&flight));
                    return Found::Flight(flight);
                }
                What::Joined(flight) | What::Flight(flight) | What::Left(flight) => {
                    if !over(flight) {
                        return Found::Flight(Arc::clone(flight));
                    }
                    drop(leave(&mut entries, at));
                }
            }
        }
        let flight = make(next_id(), false);
        entries.push(Entry { mark, id: flight.id, what: What::Flight(Arc::clone(&flight)) });
        Found::Begun(flight)
    }

    /// Begins a run of `key` for which there is no flight yet; gives its id. None if one is under way.
    #[inline(never)]
    pub(super) fn begin(&self, key: &Key<'_>, mark: u64) -> Option<u64> {
        let mut entries = self.lock(mark);
        // Another key of the same mark is as unlikely as can be; then that one has the mark for itself.
        if entries.iter().any(|entry| entry.mark == mark && !entry.is_left()) {
            return None;
        }
        let id = next_id();
        entries.push(Entry { mark, id, what: What::Unawaited(key.to_owned()) });
        Some(id)
    }

    /// Ends it; `commit` is called before anyone can begin another one, with whether it was not detached. Gives its flight if
    /// somebody waits.
    pub(super) fn end(&self, mark: u64, id: u64, commit: impl FnOnce(bool)) -> Option<Arc<Flight>> {
        let mut entries = self.lock(mark);
        let at = entries.iter().position(|entry| entry.id == id);
        commit(at.is_some_and(|at| !entries[at].is_left()));
        let ended = entries.swap_remove(at?);
        drop(entries);
        ended.what.into_flight()
    }

    /// Takes a flight out, if it is there still.
    pub(super) fn remove(&self, flight: &Flight) {
        let mut entries = self.lock(flight.mark);
        let at = entries.iter().position(|entry| entry.id == flight.id);
        let removed = at.map(|at| entries.swap_remove(at));
        drop(entries);
        drop(removed);
    }

    /// Takes out what is under way for `key`; gives its flight if somebody waits.
    pub(super) fn take(&self, key: &Key<'_>) -> Option<Arc<Flight>> {
        let mark = key.mark();
        let mut entries = self.lock(mark);
        let at = entries.iter().position(|entry| entry.is_of(key, mark))?;
        let left = leave(&mut entries, at);
        drop(entries);
        left
    }
}

/// Has nobody come to an entry any more. Gives its flight if somebody waits.
fn leave(entries: &mut Vec<Entry>, at: usize) -> Option<Arc<Flight>> {
    if let What::Joined(flight) = &entries[at].what {
        let flight = Arc::clone(flight);
        entries[at].what = What::Left(Arc::clone(&flight));
        return Some(flight);
    }
    entries.swap_remove(at).what.into_flight()
}
