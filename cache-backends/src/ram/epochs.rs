//! The epochs of one [`super::Ram`].

use std::collections::HashMap;

use super::lock::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use cache_core::{Clock, Epoch, EpochName, Life};

/// Below this many epochs there is nothing to clean up.
const FEW: usize = 1_024;

/// Past this many epochs that are not over, those of tags are dropped.
const MANY: usize = 100_000;

/// Epochs by name, each until the longest entry that records it is over: tags of many values leave nothing behind.
#[derive(Debug)]
pub(super) struct Epochs {
    table: RwLock<Table>,
    clock: Clock,
}

#[derive(Debug)]
struct Table {
    epochs: HashMap<String, Held, foldhash::fast::RandomState>,
    /// Past this many, those that are over are removed.
    clean_at: usize,
}

#[derive(Clone, Copy, Debug)]
struct Held {
    epoch: Epoch,
    ends: u64,
}

impl Epochs {
    pub(super) fn new(clock: Clock) -> Self {
        Self { table: RwLock::new(Table { epochs: HashMap::default(), clean_at: FEW }), clock }
    }

    fn read(&self) -> RwLockReadGuard<'_, Table> {
        self.table.read()
    }

    fn write(&self) -> RwLockWriteGuard<'_, Table> {
        self.table.write()
    }

    /// What `ask` makes of the epochs, all of one moment.
    pub(super) fn with<T>(&self, ask: impl FnOnce(&dyn Fn(&EpochName<'_>) -> Option<Epoch>) -> T) -> T {
        self.at(self.clock.now(), ask)
    }

    /// [`Epochs::with`], where the time is known: reading the clock costs as much as the rest of it.
    pub(super) fn at<T>(&self, now: u64, ask: impl FnOnce(&dyn Fn(&EpochName<'_>) -> Option<Epoch>) -> T) -> T {
        let table = self.read();
        ask(&|name| table.epochs.get(name.text()).filter(|held| now < held.ends).map(|held| held.epoch))
    }

    /// The epochs of `names`, made where there are none, to live for `life` at least.
    pub(super) fn get_or_make(&self, names: &[EpochName<'_>], life: Life) -> Vec<Epoch> {
        let found: Option<Vec<Epoch>> = self.with(|epoch| names.iter().map(epoch).collect());
        if let Some(found) = found {
            self.extend(names, life);
            return found;
        }
        let now = self.clock.now();
        let ends = life.ends(now);
        let mut table = self.write();
        table.clean(now);
        let one = |name: &EpochName<'_>| {
            let held = table.epochs.entry(name.text().to_owned()).or_insert_with(|| Held::new(ends));
            if now >= held.ends {
                *held = Held::new(ends);
            }
            held.epoch
        };
        names.iter().map(one).collect()
    }

    /// Replaces one epoch, or (`absent`) makes it if there is none; gives whether it did. `renewed` is called then, while
    /// nobody can read an epoch.
    pub(super) fn put(
        &self,
        name: &EpochName<'_>,
        epoch: Option<Epoch>,
        life: Life,
        absent: bool,
        renewed: impl FnOnce(),
    ) -> bool {
        let now = self.clock.now();
        let mut table = self.write();
        table.clean(now);
        if absent && table.epochs.get(name.text()).is_some_and(|held| now < held.ends) {
            return false;
        }
        match epoch {
            Some(epoch) => table.epochs.insert(name.text().to_owned(), Held { epoch, ends: life.ends(now) }),
            None => table.epochs.remove(name.text()),
        };
        renewed();
        true
    }

    /// Replaces these epochs by new ones that live as long as those did. Where there is none, nothing records it. `renewed`
    /// is called while nobody can read an epoch.
    pub(super) fn renew(&self, names: &[EpochName<'_>], renewed: impl FnOnce()) {
        let mut table = self.write();
        for name in names {
            if let Some(held) = table.epochs.get_mut(name.text()) {
                held.epoch = Epoch::random();
            }
        }
        renewed();
    }

    /// Makes these epochs live for `life` at least, from now. Where that takes a write, they live for twice as long, so
    /// that it is not needed again soon.
    pub(super) fn extend(&self, names: &[EpochName<'_>], life: Life) {
        let ends = life.ends(self.clock.now());
        let enough = |table: &Table, name: &EpochName<'_>| table.epochs.get(name.text()).is_none_or(|e| e.ends >= ends);
        let table = self.read();
        if names.iter().all(|name| enough(&table, name)) {
            return;
        }
        drop(table);
        let ends = life.ends(ends);
        let mut table = self.write();
        for name in names {
            if let Some(held) = table.epochs.get_mut(name.text()) {
                held.ends = held.ends.max(ends);
            }
        }
    }
}

impl Held {
    fn new(ends: u64) -> Self {
        Self { epoch: Epoch::random(), ends }
    }
}

impl Table {
    /// Removes what is over, when there is enough of it for the work to be worth it.
    fn clean(&mut self, now: u64) {
        if self.epochs.len() >= self.clean_at {
            self.epochs.retain(|_, held| now < held.ends);
            if self.epochs.len() >= MANY {
                // Tags of more values than anyone keeps entries of. Losing an epoch only makes misses.
                self.epochs.retain(|name, _| !name.starts_with("e:t:"));
            }
            self.clean_at = FEW.max(self.epochs.len() * 2);
        }
    }
}

/// See [`super::fork`].
#[allow(unsafe_code, reason = "a lock that is let go by another function than it was taken by")]
impl Epochs {
    pub(super) fn hold(&self) {
        self.table.hold();
    }

    /// # Safety
    /// This thread holds the lock, by `hold`.
    pub(super) unsafe fn let_go(&self) {
        // SAFETY: as the caller says.
        unsafe { self.table.let_go() };
    }
}
