//! The flights that are under way, by key. No hit passes here; a miss comes by twice, so an entry is a few words behind one of
//! many locks.
//!
//! A run that nobody waits for needs no [`Flight`]: it is an id and a key, and becomes a flight when somebody comes to wait.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::{Flight, Led, is_late};
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
    /// Nobody waits yet.
    Unawaited(Unawaited),
    /// Somebody came to wait. Who runs knows of its id only, and asks here when it ends.
    Joined(Arc<Flight>),
    /// Nobody comes to that one any more. Those who did are told when it ends.
    Left(Option<Arc<Flight>>),
}

struct Unawaited {
    key: OwnedKey,
    led: Led,
    /// Since when it is led, if that was noted.
    since: Option<u64>,
}

impl What {
    fn into_flight(self) -> Option<Arc<Flight>> {
        match self {
            Self::Unawaited(_) => None,
            Self::Joined(flight) => Some(flight),
            Self::Left(flight) => flight,
        }
    }
}

impl Entry {
    fn is_of(&self, key: &Key<'_>, mark: u64) -> bool {
        self.mark == mark
            && match &self.what {
                What::Unawaited(run) => key.is(&run.key),
                What::Joined(flight) => key.is(&flight.key),
                What::Left(_) => false,
            }
    }

    const fn is_left(&self) -> bool {
        matches!(self.what, What::Left(_))
    }

    fn is_over(&self, now: u64, deadline: Duration) -> bool {
        match &self.what {
            What::Unawaited(run) => run.since.is_some_and(|since| is_late(since, now, deadline)),
            What::Joined(flight) => flight.lock().is_over(now, deadline),
            What::Left(_) => true,
        }
    }

    /// Its flight, made for one who comes to wait `now`. None where nobody comes any more.
    fn joined(&mut self, now: u64) -> Option<Arc<Flight>> {
        let flight = match &self.what {
            What::Unawaited(run) => {
                let flight = Flight::new(self.id, run.key.clone(), self.mark, run.led, run.since.unwrap_or(now));
                self.what = What::Joined(Arc::clone(&flight));
                flight
            }
            What::Joined(flight) => Arc::clone(flight),
            What::Left(flight) => return flight.clone(),
        };
        Some(flight)
    }

    /// Has nobody come any more. Gives its flight if somebody waits.
    fn leave(&mut self) -> Option<Arc<Flight>> {
        let flight = match &self.what {
            What::Unawaited(_) => None,
            What::Joined(flight) => Some(Arc::clone(flight)),
            What::Left(flight) => flight.clone(),
        };
        self.what = What::Left(flight.clone());
        flight
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
    /// Nobody does: it runs, under this id.
    Begun(u64),
}

impl UnderWay {
    fn lock(&self, mark: u64) -> MutexGuard<'_, Vec<Entry>> {
        lock(&self.0.here().0[(mark >> 16) as usize & (STRIPES - 1)].0)
    }

    /// The flight of `key`, to wait for it; or else a run of this caller, which is `led` like this from `now` on.
    pub(super) fn join(&self, key: &Key<'_>, mark: u64, led: Led, now: u64, deadline: Duration) -> Found {
        let mut entries = self.lock(mark);
        if let Some(entry) = entries.iter_mut().find(|entry| entry.is_of(key, mark)) {
            if !entry.is_over(now, deadline)
                && let Some(flight) = entry.joined(now)
            {
                return Found::Flight(flight);
            }
            drop(entry.leave());
        }
        let id = next_id();
        let run = Unawaited { key: key.to_owned(), led, since: Some(now) };
        entries.push(Entry { mark, id, what: What::Unawaited(run) });
        Found::Begun(id)
    }

    /// Begins a run of `key` by this thread for which there is no flight yet; gives its id. None if one is under way.
    #[inline(never)]
    pub(super) fn begin(&self, key: &Key<'_>, mark: u64) -> Option<u64> {
        let mut entries = self.lock(mark);
        // Another key of the same mark is as unlikely as can be; then that one has the mark for itself.
        if entries.iter().any(|entry| entry.mark == mark && !entry.is_left()) {
            return None;
        }
        let id = next_id();
        let run = Unawaited { key: key.to_owned(), led: Led::Sync, since: None };
        entries.push(Entry { mark, id, what: What::Unawaited(run) });
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

    /// Takes a run out, so that nobody comes any more. Gives its flight if somebody waits, and whether it was detached.
    pub(super) fn close(&self, mark: u64, id: u64) -> (Option<Arc<Flight>>, bool) {
        match self.remove(mark, id) {
            None => (None, true),
            Some(flight) => {
                let detached = flight.as_ref().is_some_and(|flight| flight.is_detached());
                (flight, detached)
            }
        }
    }

    /// Takes a run out, if it is there still: then its flight, if somebody came to wait.
    pub(super) fn remove(&self, mark: u64, id: u64) -> Option<Option<Arc<Flight>>> {
        let mut entries = self.lock(mark);
        let at = entries.iter().position(|entry| entry.id == id)?;
        let removed = entries.swap_remove(at);
        drop(entries);
        Some(removed.what.into_flight())
    }

    /// Takes out a run that goes away, unless somebody came to wait: then its flight.
    pub(super) fn abandon(&self, mark: u64, id: u64) -> Option<Arc<Flight>> {
        let mut entries = self.lock(mark);
        let at = entries.iter().position(|entry| entry.id == id)?;
        if let What::Joined(flight) | What::Left(Some(flight)) = &entries[at].what {
            return Some(Arc::clone(flight));
        }
        let removed = entries.swap_remove(at);
        drop(entries);
        drop(removed);
        None
    }

    /// The flight of a run, made if nobody has come yet.
    pub(super) fn flight(&self, mark: u64, id: u64) -> Option<Arc<Flight>> {
        let mut entries = self.lock(mark);
        entries.iter_mut().find(|entry| entry.id == id)?.joined(0)
    }

    /// Whether a run was detached since it began.
    pub(super) fn is_detached(&self, mark: u64, id: u64) -> bool {
        let entries = self.lock(mark);
        match entries.iter().find(|entry| entry.id == id).map(|entry| &entry.what) {
            Some(What::Joined(flight) | What::Left(Some(flight))) => flight.is_detached(),
            Some(What::Unawaited(_) | What::Left(None)) => false,
            None => true,
        }
    }

    /// Detaches what is under way for `key`.
    pub(super) fn detach(&self, key: &Key<'_>) {
        let mark = key.mark();
        let mut entries = self.lock(mark);
        let Some(at) = entries.iter().position(|entry| entry.is_of(key, mark)) else { return };
        // Of a run that nobody waits for there is nothing left, by which it knows.
        let left = match entries[at].leave() {
            Some(flight) => {
                flight.detached.store(true, Ordering::SeqCst);
                None
            }
            None => Some(entries.swap_remove(at)),
        };
        drop(entries);
        drop(left);
    }
}
