//! The tables of one handler: one that functions share, and one of its own for each function that has a bound of its own.
//!
//! What is in one table makes room in no other. The instances of a generic function share the one of their function.
//!
//! Where bytes are bounded, that is for all tables together. Each has the part that its threshold is of all thresholds; so when
//! a function with a table of its own is called for the first time, the parts of the others become smaller.

use std::collections::HashMap;
use std::sync::Arc;

use cache_core::key::Key;

use super::limbo::Freed;
use super::lock::RwLock;
use super::node::Node;
use super::table::{Table, USUAL};
use super::weight::Weight;

/// The tables of one handler. There is always the shared one; the others are made when their function is first called.
#[derive(Debug)]
pub(super) struct Partitions {
    shared: Arc<Table>,
    /// How many bytes the entries of all tables take at most.
    max_bytes: Option<u64>,
    /// By the number of the space. No other lock is asked for by whoever reads it.
    own: RwLock<HashMap<u64, Arc<Table>, foldhash::fast::RandomState>>,
}

impl Partitions {
    /// With room for `threshold` entries of all functions that have no bound of their own, and for `max_bytes` of all entries.
    pub(super) fn new(threshold: usize, max_bytes: Option<u64>) -> Self {
        Self { shared: Arc::new(Table::new(threshold, max_bytes)), max_bytes, own: RwLock::new(HashMap::default()) }
    }

    /// The table of `key`: always the same one.
    pub(super) fn of(&self, key: &Key<'_>) -> Arc<Table> {
        let Some(threshold) = key.space().threshold() else {
            return Arc::clone(&self.shared);
        };
        let space = key.owner().space();
        if let Some(found) = self.own.read().get(&space) {
            return Arc::clone(found);
        }
        let (table, left) = self.make(space, threshold.get());
        drop(left);
        table
    }

    /// The table of a function that has called for the first time, and what had to leave to make room for it: to be dropped
    /// behind the lock.
    fn make(&self, space: u64, threshold: usize) -> (Arc<Table>, Freed) {
        let mut own = self.own.write();
        let mut left = Freed::default();
        if let Some(found) = own.get(&space) {
            return (Arc::clone(found), left);
        }
        let share = self.max_bytes.map(|bytes| {
            let tables = || std::iter::once(&self.shared).chain(own.values());
            let all = tables().map(|table| counted(table.threshold, bytes)).sum::<u128>() + counted(threshold, bytes);
            let part = |threshold| part(bytes, counted(threshold, bytes), all);
            // The others' become smaller first, so that together they are never too many.
            for table in tables() {
                table.budget.set_limit(part(table.threshold));
                drop(table.room(Weight::default(), &mut |freed| left.add(freed)));
            }
            part(threshold)
        });
        let table = Arc::new(Table::new(threshold, share));
        own.insert(space, Arc::clone(&table));
        (table, left)
    }

    /// All tables there are.
    fn all(&self) -> Vec<Arc<Table>> {
        let own = self.own.read();
        std::iter::once(&self.shared).chain(own.values()).cloned().collect()
    }

    pub(super) fn len(&self) -> usize {
        self.all().iter().map(|table| table.len()).sum()
    }

    /// The bytes of all entries, if they are weighed.
    pub(super) fn bytes(&self) -> Option<u64> {
        self.max_bytes.map(|_| self.all().iter().map(|table| table.budget.used()).sum())
    }

    /// Takes out the entries that `matches`.
    pub(super) fn remove_matching(&self, matches: &dyn Fn(Node) -> bool) {
        self.all().iter().for_each(|table| table.remove_matching(matches));
    }

    /// See [`Table::tidy`].
    pub(super) fn tidy(&self, now: u64, all: bool, is_over: &dyn Fn(Node) -> bool) -> Option<u64> {
        self.all().iter().filter_map(|table| table.tidy(now, all, is_over)).min()
    }
}

/// What a threshold counts for where `bytes` are divided: one that is there only because there has to be one is not to get
/// all of them.
fn counted(threshold: usize, bytes: u64) -> u128 {
    (threshold as u128).min(u128::from(bytes / USUAL)).max(1)
}

/// As much of `bytes` as `counted` is of `all`.
fn part(bytes: u64, counted: u128, all: u128) -> u64 {
    u64::try_from(u128::from(bytes) * counted / all.max(1)).unwrap_or(bytes)
}

/// See [`super::fork`].
#[allow(unsafe_code, reason = "a lock that is let go by another function than it was taken by")]
impl Partitions {
    pub(super) fn hold(&self) {
        self.own.hold();
        // SAFETY: it was locked just now.
        unsafe { self.held() }.for_each(Table::hold);
    }

    /// All tables.
    ///
    /// # Safety
    /// This thread holds the lock of them.
    unsafe fn held(&self) -> impl Iterator<Item = &Table> {
        // SAFETY: as the caller says.
        let own = unsafe { self.own.held() };
        std::iter::once(&self.shared).chain(own.into_iter().flat_map(HashMap::values)).map(|table| &**table)
    }

    /// See [`Table::recount`].
    ///
    /// # Safety
    /// This thread holds the locks, by `hold`.
    pub(super) unsafe fn recount(&self) {
        // SAFETY: as the caller says.
        unsafe { self.held() }.for_each(Table::recount);
    }

    /// # Safety
    /// This thread holds the locks, by `hold`.
    pub(super) unsafe fn let_go(&self) {
        // SAFETY: as the caller says. The tables are those that were there then, since the lock was held meanwhile.
        unsafe {
            self.held().for_each(|table| table.let_go());
            self.own.let_go();
        }
    }
}
