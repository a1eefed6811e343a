//! Whose entries are in the table: each function (and instance of one) has a number, by which its nodes are found.
//!
//! Clearing a function gives it another number. What it stored under the old one is found by nobody any more, and makes
//! room when its time comes.

use std::collections::{HashMap, HashSet};
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use cache_core::key::{Key, Named, Owner};
use cache_core::{EpochName, Weigher};

use super::head::Tag;
use super::kind::{self, Kind};
use super::lock::RwLock;
use super::partitions::Partitions;
use super::table::Table;
use super::weighers;

/// One function, or one instance of a generic one, or all directly set keys.
#[derive(Debug)]
pub(super) struct Function {
    /// The tag of its nodes, without the length of a key: its number (0 is nobody's), and their kind where the type of its
    /// values is known.
    tag: AtomicU64,
    /// What keeps its keys apart from those of others with the same bytes: made of its number. (Who reads the one before and the
    /// other after a change finds nothing.)
    seed: AtomicU64,
    /// Until then at least the epochs that its entries depend on are kept.
    epochs_end: AtomicU64,
    /// How its values are weighed is known wherever there are such.
    learned: AtomicBool,
    /// That a result is too large was said.
    reported: AtomicBool,
    /// Some of its entries were kept in nodes that are not of its kind.
    whole: AtomicBool,
    owner: Owner,
    /// Where its nodes are.
    pub(super) table: Arc<Table>,
    pub(super) epoch: Option<EpochName<'static>>,
    pub(super) named: Option<Named>,
}

impl Function {
    /// The tag of its nodes with keys of this length.
    #[inline]
    pub(super) fn tag(&self, length: usize) -> Tag {
        Tag::of(self.tag.load(Ordering::Relaxed), length)
    }

    #[inline]
    pub(super) fn seed(&self) -> u64 {
        self.seed.load(Ordering::Relaxed)
    }

    pub(super) fn number(&self) -> u32 {
        self.tag(0).owner()
    }

    fn renumber(&self, number: u32) {
        self.seed.store(seed(number), Ordering::Relaxed);
        let renumbered = |tag| Some(Tag::new(number, Tag::of(tag, 0).kind(), 0).number());
        // Only one that gives none fails.
        let _ = self.tag.fetch_update(Ordering::SeqCst, Ordering::SeqCst, renumbered);
    }

    pub(super) fn epochs_end(&self) -> u64 {
        self.epochs_end.load(Ordering::Relaxed)
    }

    pub(super) fn set_epochs_end(&self, ends: u64) {
        self.epochs_end.fetch_max(ends, Ordering::Relaxed);
    }

    /// Has all values be weighed like those of this function, also those that are set directly.
    pub(super) fn learn(&self, weigher: Option<Weigher>) {
        if let Some(weigher) = weigher
            && !self.learned.swap(true, Ordering::Relaxed)
        {
            weighers::learn(weigher);
        }
    }

    /// Says once that a result of it is too large to be kept.
    pub(super) fn does_not_fit(&self, key: &Key<'_>, bytes: u64, limit: u64) {
        if !self.reported.swap(true, Ordering::Relaxed) {
            let name = key.label();
            log::warn!("a value of `{name}` takes {bytes} bytes and is not kept: `max_bytes` leaves {limit} for it");
        }
    }

    /// Says that there may be nodes of it that are not of its kind, and so are not found by its tag. Said before there is one.
    pub(super) fn note_whole(&self) {
        if !self.has_whole() {
            self.whole.store(true, Ordering::Release);
        }
    }

    /// Whether there may be such nodes.
    pub(super) fn has_whole(&self) -> bool {
        self.whole.load(Ordering::Acquire)
    }

    /// Says that its values are `V`, which is so for as long as it is there.
    pub(super) fn has_values<V>(&self, kind: Kind<V>) {
        self.tag.fetch_or(Tag::new(0, kind.number(), 0).number(), Ordering::Release);
    }

    /// The number of the kind of its nodes, where the type of its values is known.
    pub(super) fn kind(&self) -> Option<u16> {
        Some(self.tag(0).kind()).filter(|kind| *kind != kind::whole().number())
    }
}

/// A function that was looked for.
pub(super) enum Known<'a> {
    First(&'a Arc<Function>),
    Other(Arc<Function>),
}

impl Deref for Known<'_> {
    type Target = Arc<Function>;

    fn deref(&self) -> &Arc<Function> {
        match self {
            Self::First(function) => function,
            Self::Other(function) => function,
        }
    }
}

/// What is added to the marks of the keys of this owner.
pub(super) const fn seed(number: u32) -> u64 {
    (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// How many are found without a lock, a power of two.
const FIRST: usize = 64;

/// All of them.
#[derive(Debug)]
pub(super) struct Functions {
    by_owner: RwLock<HashMap<Owner, Arc<Function>, foldhash::fast::RandomState>>,
    /// The first whose space's number has these last bits. Written behind the lock, and never again.
    first: [OnceLock<Arc<Function>>; FIRST],
    next: AtomicU32,
    retired: AtomicBool,
    /// Some have another number since this was asked before.
    renewed: AtomicBool,
}

impl Functions {
    pub(super) fn new() -> Self {
        Self {
            by_owner: RwLock::new(HashMap::default()),
            first: [const { OnceLock::new() }; FIRST],
            next: AtomicU32::new(0),
            retired: AtomicBool::new(false),
            renewed: AtomicBool::new(false),
        }
    }

    /// A number that nobody had before. When all are given away there is none any more, and nothing is kept.
    fn another(&self) -> u32 {
        if self.retired.load(Ordering::SeqCst) {
            return 0;
        }
        let next = |number: u32| number.checked_add(1);
        self.next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).map_or(0, |before| before + 1)
    }

    /// The function that `key` is of; its table is one of `partitions`.
    #[inline]
    pub(super) fn of(&self, key: &Key<'_>, partitions: &Partitions) -> Known<'_> {
        let owner = key.owner();
        let first = &self.first[owner.space() as usize % FIRST];
        match first.get() {
            Some(function) if function.owner == owner => Known::First(function),
            _ => Known::Other(self.other(owner, first, key, partitions)),
        }
    }

    #[inline(never)]
    fn other(
        &self,
        owner: Owner,
        first: &OnceLock<Arc<Function>>,
        key: &Key<'_>,
        partitions: &Partitions,
    ) -> Arc<Function> {
        if let Some(found) = self.by_owner.read().get(&owner) {
            return Arc::clone(found);
        }
        // Asked for before the lock is taken: see there.
        let table = partitions.of(key);
        let mut all = self.by_owner.write();
        let make = || {
            let number = self.another();
            Arc::new(Function {
                tag: AtomicU64::new(Tag::new(number, kind::whole().number(), 0).number()),
                seed: AtomicU64::new(seed(number)),
                epochs_end: AtomicU64::new(0),
                learned: AtomicBool::new(false),
                reported: AtomicBool::new(false),
                whole: AtomicBool::new(false),
                owner,
                table,
                epoch: key.space().epoch().cloned(),
                named: key.named(),
            })
        };
        let function = all.entry(owner).or_insert_with(make);
        // Where another one was first, it stays.
        let _ = first.set(Arc::clone(function));
        Arc::clone(function)
    }

    pub(super) fn all(&self) -> Vec<Arc<Function>> {
        self.by_owner.read().values().cloned().collect()
    }

    /// The numbers that are somebody's, and the last one that was given away by then.
    pub(super) fn numbers(&self) -> (HashSet<u32>, u32) {
        let all = self.by_owner.read();
        (all.values().map(|function| function.number()).collect(), self.next.load(Ordering::Relaxed))
    }

    /// Gives another number to those whose epoch is one of `names`, or to all if that of the handler is. Whoever calls holds
    /// the lock of the epochs.
    pub(super) fn renew(&self, names: &[EpochName<'_>]) {
        let everyone = names.contains(&EpochName::HANDLER);
        // No number is given away while they are asked for (`numbers`).
        for function in self.by_owner.write().values() {
            if everyone || function.epoch.as_ref().is_some_and(|epoch| names.contains(epoch)) {
                function.renumber(self.another());
            }
        }
        self.renewed.store(true, Ordering::SeqCst);
    }

    /// Whether some were given another number since this was asked before.
    pub(super) fn take_renewed(&self) -> bool {
        self.renewed.swap(false, Ordering::SeqCst)
    }

    /// From now on nothing is found, and nothing is kept.
    pub(super) fn retire(&self) {
        self.retired.store(true, Ordering::SeqCst);
        for function in self.by_owner.write().values() {
            function.renumber(0);
        }
    }
}

/// See [`super::fork`].
#[allow(unsafe_code, reason = "a lock that is let go by another function than it was taken by")]
impl Functions {
    pub(super) fn hold(&self) {
        self.by_owner.hold();
    }

    /// # Safety
    /// This thread holds the lock, by `hold`.
    pub(super) unsafe fn let_go(&self) {
        // SAFETY: as the caller says.
        unsafe { self.by_owner.let_go() };
    }
}
