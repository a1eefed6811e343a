//! The threads that read the table: whether each is inside of it right now, and the hits that it counted.
//!
//! What a thread writes at a hit is its own, so threads do not slow each other down; and it is not made of what it wrote at
//! the hit before, so hits do not wait for each other. Readers are never freed; one that a thread leaves behind is taken over
//! by the next.

#![allow(unsafe_code, reason = "the lock of the readers is let go by another function than it was taken by")]

use std::cell::Cell;
use std::sync::atomic::{Ordering, compiler_fence};

use cache_core::function::{of_thread, set_of_thread};
use cache_core::{Clock, Tallied};

use super::barrier;
use super::head::Life;
use super::moment::MOMENT;
use super::preempted::{Shared, Word};
use super::sync::{AtomicBool, AtomicU64, Mutex, shared, thread_local};

/// How many functions each thread has counters for.
pub(super) const COUNTERS: usize = if cfg!(loom) { 1 } else { 1_024 };

/// One for each function.
type Counts = [AtomicU64; COUNTERS];

/// One thread.
#[derive(Debug)]
#[repr(C, align(128))]
pub(super) struct Reader {
    /// The epoch in which the thread came inside; 0 while it is not.
    since: AtomicU64,
    /// Tells whether the thread was off its processor.
    word: Shared,
    /// A thread has it.
    taken: AtomicBool,
    /// All that was counted when it was last asked whether there was anything.
    counted: AtomicU64,
    hits: Counts,
    runs: Counts,
    stores: Counts,
}

shared! {
    /// All readers there ever were.
    static READERS: Mutex<Vec<&'static Reader>> = Mutex::new(Vec::new());
}

thread_local! {
    /// This thread's reader. (The one of a hit is kept where core looks after it: [`of_thread`].)
    static MINE: Cell<Option<&'static Reader>> = const { Cell::new(None) };
    /// Gives the reader back when the thread ends.
    static LEAVING: Leaving = const { Leaving(Cell::new(None)) };
}

struct Leaving(Cell<Option<&'static Reader>>);

impl Drop for Leaving {
    fn drop(&mut self) {
        set_of_thread(std::ptr::null_mut());
        let _ = MINE.try_with(Cell::take);
        if let Some(reader) = self.0.take() {
            reader.word.put(Word::none());
            reader.taken.store(false, Ordering::Release);
        }
    }
}

/// While it lives, this thread is inside: nothing that can be found in the table is freed.
pub(super) struct Pin {
    reader: &'static Reader,
    /// Not inside of another pin: the value's `Clone` may call a cached function.
    outermost: bool,
    /// The reader is given back with the pin: the thread is ending and can have none of its own.
    lent: bool,
}

impl Pin {
    /// The pin of a hit. None where there is a step more to be done: at a thread's first, inside of another pin, and on
    /// systems where readers need a fence.
    #[inline]
    pub(super) fn swift() -> Option<Self> {
        // SAFETY: it is null or what `of_this_thread` has left there, which is never freed.
        let reader: &'static Reader = unsafe { of_thread().cast_const().cast::<Reader>().as_ref() }?;
        if reader.since.load(Ordering::Relaxed) != 0 {
            return None;
        }
        reader.since.store(MOMENT.epoch.load(Ordering::Acquire), Ordering::Relaxed);
        compiler_fence(Ordering::SeqCst);
        Some(Self { reader, outermost: true, lent: false })
    }

    /// The pin of any call, also inside of another one, and in a thread that is ending.
    pub(super) fn anywhere() -> Self {
        let (reader, lent) = match MINE.with(Cell::get).or_else(Reader::of_this_thread) {
            Some(reader) => (reader, false),
            None => (Reader::free(), true),
        };
        let outermost = reader.since.load(Ordering::Relaxed) == 0;
        if outermost {
            // Whoever reads this, and not that the pin before has ended, knows that all the same.
            reader.since.store(MOMENT.epoch.load(Ordering::Acquire), Ordering::Release);
            barrier::light();
        }
        Self { reader, outermost, lent }
    }

    /// Counts a hit of the function that has these counters.
    #[inline]
    pub(super) fn count_hit(&self, index: usize) {
        count(&self.reader.hits, index);
    }

    /// Whether what has this life is fresh at this moment. Of a thread that was off its processor that cannot be said like
    /// this: then the answer is no, until [`Pin::learn_time`].
    #[inline]
    pub(super) fn is_fresh(&self, life: Life) -> bool {
        let fresh = MOMENT.is_fresh(life);
        // In this order: a thread that is stopped behind this has read what was the time before it.
        compiler_fence(Ordering::SeqCst);
        fresh && self.reader.word.get().is_set()
    }

    /// Whether the number is to be believed.
    pub(super) fn knows_time(&self) -> bool {
        self.reader.word.get().is_set() && !MOMENT.is_stopped()
    }

    /// The time, at most as much behind as the number is written seldom.
    pub(super) fn time(&self) -> Option<u64> {
        let time = MOMENT.time();
        compiler_fence(Ordering::SeqCst);
        time.filter(|_| self.reader.word.get().is_set())
    }

    /// A time that is not behind the clock.
    #[cfg(feature = "redis")]
    pub(super) fn time_ahead(&self) -> Option<u64> {
        let time = MOMENT.time_ahead();
        // As above.
        compiler_fence(Ordering::SeqCst);
        time.filter(|_| self.reader.word.get().is_set())
    }

    /// The same by the real clock.
    #[allow(clippy::unused_self, reason = "it takes the place of the other")]
    pub(super) fn is_fresh_indeed(&self, life: Life) -> bool {
        life.is_after(Life::moment(Clock::system().now()))
    }

    /// Has the number be one to be believed by this thread, which would know from now on if it was off its processor.
    pub(super) fn learn_time(&self) {
        MOMENT.wake();
        let word = self.reader.word.get();
        if !word.is_set() && word.set() {
            MOMENT.catch_up(Clock::system().now());
        }
    }
}

impl Drop for Pin {
    #[inline]
    fn drop(&mut self) {
        if self.outermost {
            self.reader.since.store(0, Ordering::Release);
        }
        if self.lent {
            self.reader.taken.store(false, Ordering::Release);
        }
    }
}

impl Reader {
    /// None in a thread that is ending.
    #[cold]
    fn of_this_thread() -> Option<&'static Self> {
        let free = |leaving: &Leaving| {
            let reader = Self::free();
            leaving.0.set(Some(reader));
            reader
        };
        let reader = LEAVING.try_with(free).ok()?;
        reader.word.put(Word::of_this_thread());
        MINE.with(|mine| mine.set(Some(reader)));
        if barrier::is_asymmetric() {
            set_of_thread(std::ptr::from_ref(reader).cast_mut().cast());
        }
        Some(reader)
    }

    /// One that no thread has.
    fn free() -> &'static Self {
        let mut readers = READERS.lock();
        let free = |reader: &&&'static Self| !reader.taken.swap(true, Ordering::AcqRel);
        readers.iter().find(free).copied().unwrap_or_else(|| {
            let made: &'static Self = Box::leak(Box::new(Self::new()));
            readers.push(made);
            made
        })
    }

    fn new() -> Self {
        Self {
            since: AtomicU64::new(0),
            word: Shared::none(),
            taken: AtomicBool::new(true),
            counted: AtomicU64::new(0),
            hits: std::array::from_fn(|_| AtomicU64::new(0)),
            runs: std::array::from_fn(|_| AtomicU64::new(0)),
            stores: std::array::from_fn(|_| AtomicU64::new(0)),
        }
    }

    /// Whether its thread has called a function since this was asked before.
    fn has_called(&self) -> bool {
        let all = self.hits.iter().chain(&self.runs);
        let counted = all.map(|count| count.load(Ordering::Relaxed)).fold(0, u64::wrapping_add);
        self.counted.swap(counted, Ordering::Relaxed) != counted
    }

    /// Whether it came inside before `epoch` and is there still.
    fn is_inside_since_before(&self, epoch: u64) -> bool {
        let since = self.since.load(Ordering::Acquire);
        since != 0 && since < epoch
    }
}

/// The threads that were inside at one moment and may be still.
#[derive(Debug, Default)]
pub(super) struct Inside {
    readers: Vec<&'static Reader>,
    /// Whoever comes inside in this epoch, or later, finds nothing any more that was taken out before.
    epoch: u64,
}

impl Inside {
    /// Those who are inside now, and may have found what was taken out before this call; none if that cannot be told.
    ///
    /// Whoever reads the new epoch reads all that was written before it, since it is written with `Release` and read with
    /// `Acquire`. Of those who read the old one, each has either written so before the barrier, and is seen here; or reads what
    /// is in the table after it, and finds there what was written before.
    pub(super) fn now() -> Option<Self> {
        let epoch = MOMENT.epoch.fetch_add(1, Ordering::AcqRel) + 1;
        if !barrier::heavy() {
            return None;
        }
        let all = READERS.lock();
        let readers = all.iter().copied().filter(|reader| reader.is_inside_since_before(epoch)).collect();
        Some(Self { readers, epoch })
    }

    /// Whether all of them have left.
    pub(super) fn have_left(&mut self) -> bool {
        let epoch = self.epoch;
        self.readers.retain(|reader| reader.is_inside_since_before(epoch));
        self.readers.is_empty()
    }
}

/// Holds the lock of the readers: see [`super::fork`].
pub(super) fn hold() {
    READERS.hold();
}

/// Lets it go.
///
/// # Safety
/// This thread holds it, by [`hold`].
pub(super) unsafe fn let_go() {
    // SAFETY: as the caller says.
    unsafe { READERS.let_go() };
}

/// In the child of a fork: no other thread is there, so none is inside. The lock is held.
pub(super) fn only_this_thread() {
    let mine = MINE.with(Cell::get).map(std::ptr::from_ref);
    // SAFETY: the lock is held by this thread (`hold`), and there is no other.
    let readers = unsafe { READERS.held() };
    for reader in readers.into_iter().flatten().filter(|reader| Some(std::ptr::from_ref(**reader)) != mine) {
        reader.since.store(0, Ordering::SeqCst);
        // It lies in the memory of a thread that is not there. Whoever is lent this reader would write to it.
        reader.word.put(Word::none());
        reader.taken.store(false, Ordering::SeqCst);
    }
}

/// Adds one to that of a function. Nobody else writes it.
#[inline]
fn count(counts: &Counts, index: usize) {
    let counter = &counts[index % COUNTERS];
    counter.store(counter.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
}

/// Counts a run of the function that has these counters.
pub(super) fn count_run(index: usize) {
    count(&Pin::anywhere().reader.runs, index);
}

/// Counts a result of it that was stored.
pub(super) fn count_store(index: usize) {
    count(&Pin::anywhere().reader.stores, index);
}

/// All that was counted under `index`.
pub(super) fn tallied(index: usize) -> Tallied {
    let readers = READERS.lock();
    let sum = |counts: fn(&Reader) -> &Counts| {
        let counts = readers.iter().filter_map(|reader| counts(reader).get(index));
        counts.map(|count| count.load(Ordering::Relaxed)).sum()
    };
    Tallied { hits: sum(|reader| &reader.hits), runs: sum(|reader| &reader.runs), stores: sum(|reader| &reader.stores) }
}

/// Whether any thread has called a function since this was asked before.
pub(super) fn were_calls() -> bool {
    READERS.lock().iter().filter(|reader| reader.has_called()).count() > 0
}
