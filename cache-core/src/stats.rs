//! What happened: counters that the flow adds to, and what a user reads of them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use crate::counter::Counter;
use crate::fork::whole;
use crate::sync::lock_std;

/// What happened to the calls of one function, on one handler, or in all.
///
/// ```
/// use cache_core::Stats;
///
/// let stats = Stats::default();
/// assert_eq!(stats.hit_ratio(), None); // nothing was asked yet
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Calls that were answered with a stored, fresh result.
    pub hits: u64,
    /// Calls that found nothing fresh stored.
    pub misses: u64,
    /// Runs of the function for calls that may use the cache (not those of `bypass` and `uncached`).
    pub runs: u64,
    /// Calls that were answered with the result of a run that another caller had under way.
    pub coalesced: u64,
    /// Calls that were answered with an old result.
    pub stale: u64,
    /// Results that were stored.
    pub stores: u64,
    /// Operations of the handler that failed. Each was a miss or a result that is not stored, for the caller.
    pub errors: u64,
}

impl Stats {
    /// Hits among the calls that looked, between 0 and 1; `None` before the first.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "a ratio needs no more digits")]
    pub fn hit_ratio(&self) -> Option<f64> {
        let looks = self.hits + self.misses;
        (looks > 0).then(|| self.hits as f64 / looks as f64)
    }

    pub(crate) const fn plus(mut self, other: Self) -> Self {
        self.hits += other.hits;
        self.misses += other.misses;
        self.runs += other.runs;
        self.coalesced += other.coalesced;
        self.stale += other.stale;
        self.stores += other.stores;
        self.errors += other.errors;
        self
    }
}

/// One row of [`CacheStats`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NamedStats {
    /// The name of the function, namespace or handler.
    pub name: String,
    /// What happened there.
    pub stats: Stats,
}

/// What happened in a whole cache.
///
/// ```
/// use cache_core::Cache;
///
/// # struct Nothing;
/// # let cache = Cache::builder().handler("ram", cache_core::Memory::default()).build()?;
/// for row in &cache.stats().handlers {
///     println!("{}: {} hits, {} misses", row.name, row.stats.hits, row.stats.misses);
/// }
/// # Ok::<(), cache_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheStats {
    /// All handlers together.
    pub totals: Stats,
    /// Each function that was called, by name.
    pub functions: Vec<NamedStats>,
    /// Each namespace of whole responses that was asked for, by name.
    pub responses: Vec<NamedStats>,
    /// Each handler, by name.
    pub handlers: Vec<NamedStats>,
}

/// What is counted, in the order of [`Stats`].
#[derive(Clone, Copy, Debug)]
pub(crate) enum Count {
    Hit,
    Miss,
    Run,
    Coalesced,
    Store,
    Error,
}

/// Calls that are counted by whoever answered them.
pub trait Tally: Send + Sync + std::fmt::Debug {
    /// What was counted.
    fn tallied(&self) -> Tallied;
}

/// See [`Tally`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Tallied {
    /// As [`Stats::hits`].
    pub hits: u64,
    /// As [`Stats::runs`], of calls that missed.
    pub runs: u64,
    /// As [`Stats::stores`].
    pub stores: u64,
}

/// One number for each [`Count`].
#[derive(Debug, Default)]
struct Numbers {
    hits: Counter,
    /// By [`Count`]; that of the hits stays zero.
    others: [AtomicU64; 6],
}

impl Numbers {
    fn add(&self, count: Count) {
        match count {
            Count::Hit => self.hits.add(),
            count => _ = self.others[count as usize].fetch_add(1, Ordering::Relaxed),
        }
    }

    fn subtract(&self, count: Count) {
        match count {
            Count::Hit => self.hits.subtract(),
            count => _ = self.others[count as usize].fetch_sub(1, Ordering::Relaxed),
        }
    }

    fn get(&self, count: Count) -> u64 {
        match count {
            Count::Hit => self.hits.get(),
            count => self.others[count as usize].load(Ordering::Relaxed),
        }
    }
}

/// The hits of a part, for the whole.
impl Tally for Numbers {
    fn tallied(&self) -> Tallied {
        Tallied { hits: self.hits.get(), ..Tallied::default() }
    }
}

/// The counters behind one [`Stats`].
#[derive(Debug, Default)]
pub(crate) struct Counters {
    own: Arc<Numbers>,
    others: Mutex<Vec<Arc<dyn Tally>>>,
}

impl Counters {
    /// Those of a part of `all`, where its hits appear too: they are counted once, by a number that not everyone writes.
    pub(crate) fn of_part(all: &Self) -> Self {
        let part = Self::default();
        all.also(Arc::clone(&part.own) as Arc<dyn Tally>);
        part
    }

    pub(crate) fn add(&self, count: Count) {
        self.own.add(count);
    }

    /// Counts what happened to this part of `all`. A hit is counted here only, and appears there ([`Counters::of_part`]).
    pub(crate) fn add_within(&self, all: &Self, count: Count) {
        self.add(count);
        if !matches!(count, Count::Hit) {
            all.add(count);
        }
    }

    /// Takes back what [`Counters::add_within`] has counted.
    pub(crate) fn subtract_within(&self, all: &Self, count: Count) {
        self.subtract(count);
        if !matches!(count, Count::Hit) {
            all.subtract(count);
        }
    }

    fn subtract(&self, count: Count) {
        self.own.subtract(count);
    }

    fn read(&self, count: Count) -> u64 {
        self.own.get(count)
    }

    /// Has what `tally` counts appear among its own.
    pub(crate) fn also(&self, tally: Arc<dyn Tally>) {
        whole(|| lock_std(&self.others).push(tally));
    }

    pub(crate) fn stats(&self) -> Stats {
        let own = Stats {
            hits: self.read(Count::Hit),
            misses: self.read(Count::Miss),
            runs: self.read(Count::Run),
            coalesced: self.read(Count::Coalesced),
            stale: 0,
            stores: self.read(Count::Store),
            errors: self.read(Count::Error),
        };
        let others = whole(|| lock_std(&self.others).clone());
        others.iter().map(|tally| tally.tallied()).fold(own, |stats, tallied| {
            let Tallied { hits, runs, stores } = tallied;
            stats.plus(Stats { hits, misses: runs, runs, stores, ..Stats::default() })
        })
    }
}
