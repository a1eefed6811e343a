//! The flights that are under way, by key. No hit passes here; a miss comes by twice, so an entry is a few words behind one of
//! many locks.
//!
//! A run that nobody waits for needs no [`Flight`]: it is an id and a key, and becomes a flight when somebody comes to wait.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::{Flight, Led};
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
    /// Nobody waits yet. Since when it is led, if that was noted.
    Unawaited { key: OwnedKey, led: Led, since: Option<u64> },
    /// Somebody came to wait. Who began the run knows of its id only, and asks here when it ends.
    Joined(Arc<Flight>),
    /// Nobody comes to that one any more. Those who did are told when it ends.
    Left(Arc<Flight>),
}

impl What {
    fn into_flight(self) -> Option<Arc<Flight>> {
        match self {
            Self::Unawaited { .. } => None,
            Self::Joined(flight) | Self::Left(flight) => Some(flight),
        }
    }
}

impl Entry {
    fn is_of(&self, key: &Key<'_>, mark: u64) -> bool {
        self.mark == mark
            && match &self.what {
                What::Unawaited { key: its, .. } => key.is(its),
                What::Joined(flight) | What::Left(flight) => key.is(&flight.key),
            }
    }

    const fn is_left(&self) -> bool {
        matches!(self.what, What::Left(_))
    }

    /// Its flight, made if nobody has come yet: of a run that is led since `now`, if that was not noted.
    fn flight(&mut self, now: u64) -> Arc<Flight> {
        match &self.what {
            What::Unawaited { key, led, since } => {
                let flight = Flight::new(self.id, key.clone(), self.mark, *led, since.unwrap_or(now));
                self.what = What::Joined(Arc::clone(&flight));
                flight
            }
            What::Joined(flight) | What::Left(flight) => Arc::clone(flight),
        }
    }

    /// Has its run know that it was detached: by its flight, or by there being no entry any more. Gives whether there is.
    fn detach(&mut self) -> bool {
        let flight = match &self.what {
            What::Unawaited { .. } => return false,
            What::Joined(flight) | What::Left(flight) => Arc::clone(flight),
        };
        flight.detached.store(true, Ordering::SeqCst);
        self.what = What::Left(flight);
        true
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

/// What has become of a run by now.
#[derive(Clone, Copy)]
pub(crate) struct Meanwhile {
    /// The key was invalidated, set or refreshed in this process since the run began: its result is older than that, also where
    /// the store does not remember it any more.
    pub(crate) is_detached: bool,
    /// Somebody may wait for it.
    pub(crate) is_joined: bool,
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

    /// The flight of `key`, of whose followers this caller is one from now on; or else a run of this caller, which is `led` like
    /// this from `now` on.
    pub(super) fn join(&self, key: &Key<'_>, mark: u64, led: Led, now: u64, deadline: Duration) -> Found {
        let mut entries = self.lock(mark);
        if let Some(entry) = entries.iter_mut().find(|entry| entry.is_of(key, mark) && !entry.is_left()) {
            let flight = entry.flight(now);
            // Behind this lock, so that whoever closes the flight knows of all who came.
            if flight.takes_follower(now, deadline) {
                return Found::Flight(flight);
            }
            entry.what = What::Left(flight);
        }
        let id = next_id();
        entries.push(Entry { mark, id, what: What::Unawaited { key: key.to_owned(), led, since: Some(now) } });
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
        let what = What::Unawaited { key: key.to_owned(), led: Led::Sync, since: None };
        entries.push(Entry { mark, id, what });
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
        if let What::Joined(flight) | What::Left(flight) = &entries[at].what {
            return Some(Arc::clone(flight));
        }
        let removed = entries.swap_remove(at);
        drop(entries);
        drop(removed);
        None
    }

    /// The flight of a run of which it was noted since when it is led, made if nobody has come yet.
    pub(super) fn flight(&self, mark: u64, id: u64) -> Option<Arc<Flight>> {
        let mut entries = self.lock(mark);
        entries.iter_mut().find(|entry| entry.id == id).map(|entry| entry.flight(0))
    }

    /// What has become of a run since it began.
    pub(super) fn meanwhile(&self, mark: u64, id: u64) -> Meanwhile {
        let entries = self.lock(mark);
        match entries.iter().find(|entry| entry.id == id).map(|entry| &entry.what) {
            Some(What::Joined(flight) | What::Left(flight)) => {
                Meanwhile { is_detached: flight.is_detached(), is_joined: true }
            }
            Some(What::Unawaited { .. }) => Meanwhile { is_detached: false, is_joined: false },
            None => Meanwhile { is_detached: true, is_joined: false },
        }
    }

    /// Detaches what is under way for `key`, also what nobody comes to any more.
    pub(super) fn detach(&self, key: &Key<'_>) {
        let mark = key.mark();
        let mut entries = self.lock(mark);
        if entries.is_empty() {
            return;
        }
        let gone: Vec<Entry> = entries.extract_if(.., |entry| entry.is_of(key, mark) && !entry.detach()).collect();
        drop(entries);
        drop(gone);
    }
}
