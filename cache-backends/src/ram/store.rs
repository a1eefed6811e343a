//! What a handler in memory keeps, and the steps of its operations.

use std::sync::Arc;

use cache_core::key::{Key, Recorded};
use cache_core::{Clock, Entry, Epoch, EpochName, Life, Pattern, Seen, Slot, Stored, Validity, When};

use super::epochs::Epochs;
use super::functions::{Function, Functions, Known, seed};
use super::kind;
use super::limbo::Freed;
use super::node::{Node, Plate};
use super::partitions::Partitions;
#[cfg(feature = "redis")]
use super::reader::Pin;
use super::table::{Found, Spot, Table};
use super::weight::{self, Room, Weight};
use super::{barrier, fork, keeper, preempted};

/// Entries, whose they are, and the numbers that make many of them invalid at once.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) partitions: Partitions,
    pub(super) functions: Functions,
    pub(super) epochs: Epochs,
    pub(super) clock: Clock,
}

/// A key, and where it is in the table.
pub(super) struct Place<'a> {
    key: &'a Key<'a>,
    function: Known<'a>,
    number: u32,
    spot: Spot,
    probe: Recorded<'a>,
}

impl Store {
    pub(super) fn new(threshold: usize, max_bytes: Option<u64>, clock: Clock) -> Arc<Self> {
        barrier::prepare();
        preempted::prepare();
        fork::prepare();
        let partitions = Partitions::new(threshold, max_bytes);
        let store =
            Arc::new(Self { partitions, functions: Functions::new(), epochs: Epochs::new(clock.clone()), clock });
        keeper::keep(Arc::downgrade(&store));
        store
    }

    pub(super) fn place<'a>(&'a self, key: &'a Key<'a>) -> Place<'a> {
        let function = self.functions.of(key, &self.partitions);
        let number = function.number();
        Place { key, number, spot: Spot::new(key.mark(), seed(number)), probe: Recorded(key.arguments()), function }
    }

    /// The entry of a key. What an inline one depends on is what is current, or it would not be found.
    pub(super) fn entry(&self, place: &Place<'_>, now: u64) -> Option<Arc<Entry>> {
        match place.table().entry(place.spot, place.number, &place.probe, now)? {
            found @ Found::Inline(..) => {
                let epoch = self.epochs.at(now, |epoch| current(place.key, epoch).filter(|_| place.stands()))?;
                Some(found.into_entry(epoch))
            }
            found @ Found::Whole(..) => Some(found.into_entry(0)),
        }
    }

    /// The entry of a key that is kept as it was given, for as long as the pin lives.
    #[cfg(feature = "redis")]
    pub(super) fn entry_within<'p>(&self, pin: &'p Pin, key: &Key<'_>, now: u64) -> Option<&'p Entry> {
        let place = self.place(key);
        place.table().whole(pin, place.spot, place.number, &place.probe, now)
    }

    pub(super) fn read_slot(&self, slot: &Slot<'_>) -> Option<Stored> {
        match slot {
            Slot::Epoch(name) => {
                let epoch = self.epochs.with(|epoch| epoch(name))?;
                Some(Stored::Bytes(epoch.to_bytes().to_vec()))
            }
            Slot::Entry(key) => Some(Stored::Object(self.entry(&self.place(key), self.clock.now())?)),
        }
    }

    pub(super) fn put_epoch(&self, name: &EpochName<'_>, stored: Option<&Stored>, life: Life, when: When<'_>) -> bool {
        let epoch = stored.and_then(Stored::as_bytes).and_then(Epoch::from_bytes);
        let put = |absent| self.epochs.put(name, epoch, life, absent, || self.functions.renew(&[name.borrowed()]));
        match when {
            When::Always => put(false),
            When::Absent => put(true),
            // Larder makes epochs by `epochs` and replaces them by `renew`; nothing else is decided about them.
            When::Unchanged { .. } => false,
        }
    }

    pub(super) fn put_entry(&self, key: &Key<'_>, stored: Option<Stored>, life: Life, when: When<'_>) -> bool {
        // Bytes are a tombstone: removals are remembered here by themselves.
        let entry = match stored {
            None | Some(Stored::Bytes(_)) => None,
            Some(Stored::Object(entry)) => Some(entry),
        };
        let now = self.clock.now();
        let place = self.place(key);
        if place.number == 0 {
            return false;
        }
        // What is too large to be kept is as if it were not stored.
        let node = entry.and_then(|entry| self.node(&place, entry, life.ends(now), now));
        let mut shard = place.table().lock(place.spot);
        let allowed = match when {
            When::Always => true,
            When::Absent => !shard.has(place.spot.hash(), place.number, &place.probe, now),
            When::Unchanged { seen, epoch } => {
                // Clearing by pattern renews its epoch first and then takes this lock: whichever comes second sees
                // what the other did.
                let current = |name| self.epochs.at(now, |epoch| epoch(name));
                let patterns = epoch.is_none_or(|(name, number)| current(name) == Some(number));
                let since = seen.stamp_value();
                patterns
                    && since.is_some_and(|it| shard.is_unchanged(place.spot.hash(), place.number, &place.probe, it))
            }
        };
        let freed = match node {
            Some((node, room)) if allowed => {
                room.fill();
                shard.insert(&place.probe, node)
            }
            Some((node, _room)) => Freed::one(node),
            None if !allowed => Freed::default(),
            // A result that is not stored, where nothing was: no commit has to notice it, and functions that give many
            // of those would fill the list of removals.
            None if matches!(when, When::Unchanged { .. })
                && !shard.has(place.spot.hash(), place.number, &place.probe, now) =>
            {
                Freed::default()
            }
            None => shard.remove(place.spot.hash(), place.number, &place.probe),
        };
        drop(shard);
        drop(freed);
        allowed
    }

    /// A node for `entry`, and the bytes that it takes; none where it is too large. Made before the lock is taken: the value
    /// may be copied, by code of the user's.
    fn node<'p>(&self, place: &'p Place<'_>, entry: Arc<Entry>, ends: u64, now: u64) -> Option<(Node, Room<'p>)> {
        let table = place.table();
        let kind = place.function.kind().filter(|_| self.is_plain(place, &entry.validity, ends, now));
        let weight = match table.budget.limit() {
            Some(limit) => {
                place.function.learn(entry.weigher);
                let bytes = weight::of_entry(place.key.arguments(), &entry, kind.is_some())?;
                if bytes > limit {
                    place.function.does_not_fit(place.key, bytes, limit);
                    return None;
                }
                Weight::of(bytes)
            }
            None => Weight::default(),
        };
        let room = table.room(weight, &mut drop)?;
        let (key, hash) = (place.key.arguments(), place.spot.hash());
        let plate = Plate { key, hash, owner: place.number, ends, weight };
        let node = table.node(place.spot, &plate, kind, entry);
        if node.head().tag.kind() == kind::whole().number() {
            place.function.note_whole();
        }
        Some((node, room))
    }

    /// Whether an entry depends on nothing but its function's number: no tags, nothing to remember, and what it records is
    /// current.
    fn is_plain(&self, place: &Place<'_>, validity: &Validity, ends: u64, now: u64) -> bool {
        validity.tags.is_empty()
            && validity.fresh_until == ends
            && self.epochs.at(now, |epoch| current(place.key, epoch) == Some(validity.epoch) && place.stands())
    }

    /// Has the epochs that entries of a function depend on live until `ends` at least. (And longer, so that this is seldom.)
    pub(super) fn keep_epochs(&self, function: &Function, ends: u64) {
        if function.epochs_end() < ends {
            let now = self.clock.now();
            let far = Life::until(ends, now).ends(ends);
            let own = function.epoch.iter().map(EpochName::borrowed);
            let names: Vec<_> = std::iter::once(EpochName::HANDLER).chain(own).collect();
            self.epochs.get_or_make(&names, Life::until(far, now));
            function.set_epochs_end(far);
        }
    }

    /// Holds all locks: see [`fork`].
    pub(super) fn hold(&self) {
        self.partitions.hold();
        self.epochs.hold();
        self.functions.hold();
    }

    /// Lets them go.
    ///
    /// # Safety
    /// This thread holds them, by [`Store::hold`].
    #[allow(unsafe_code, reason = "locks that are let go by another function than they were taken by")]
    pub(super) unsafe fn let_go(&self) {
        // SAFETY: as the caller says.
        unsafe {
            self.functions.let_go();
            self.epochs.let_go();
            self.partitions.let_go();
        }
    }

    /// What a commit will compare the slot of `place` with.
    pub(super) fn seen(&self, place: &Place<'_>) -> Seen {
        Seen::stamp(place.table().stamp(place.spot, place.number))
    }

    /// Whether the slot is as it was seen.
    pub(super) fn holds(&self, place: &Place<'_>, seen: &Seen) -> bool {
        let stamp = seen.stamp_value();
        stamp.is_some_and(|it| {
            place.table().lock(place.spot).is_unchanged(place.spot.hash(), place.number, &place.probe, it)
        })
    }

    pub(super) fn remove(&self, place: &Place<'_>) {
        let freed = place.table().lock(place.spot).remove(place.spot.hash(), place.number, &place.probe);
        drop(freed);
    }

    /// Takes out the entries whose subject matches.
    pub(super) fn remove_matching(&self, pattern: &Pattern) {
        let functions = self.functions.all();
        let named = |number: u32| functions.iter().find(|function| function.number() == number)?.named.as_ref();
        let matches = |node: Node| {
            let named = named(node.head().tag.owner());
            named.is_some_and(|named| pattern.matches(&named.text_of(node.key().bytes)))
        };
        self.partitions.remove_matching(&matches);
    }

    /// Takes out what is over, and what was stored under numbers that are nobody's any more; frees what can be. Gives when the
    /// next entry will be over. (On a test's clock nothing happens by itself.)
    pub(super) fn tidy(&self, now: u64) -> Option<u64> {
        if !self.clock.is_system() {
            return None;
        }
        let numbers = self.functions.take_renewed().then(|| self.functions.numbers());
        let is_nobodys = |node: Node| {
            let number = node.head().tag.owner();
            // What is stored meanwhile by a function that is new has a number that was given away since.
            numbers.as_ref().is_some_and(|(numbers, last)| number <= *last && !numbers.contains(&number))
        };
        self.partitions.tidy(now, numbers.is_some(), &|node| now >= node.head().life().ends() || is_nobodys(node))
    }
}

impl Place<'_> {
    fn table(&self) -> &Table {
        &self.function.table
    }

    /// Whether its function was not cleared since. Asked while the epochs are locked.
    fn stands(&self) -> bool {
        self.function.number() == self.number
    }
}

/// What an entry of `key` records of the handler's and its function's epoch, if there are any.
fn current(key: &Key<'_>, epoch: &dyn Fn(&EpochName<'_>) -> Option<Epoch>) -> Option<u128> {
    let space = match key.space().epoch() {
        Some(name) => Some(epoch(name)?),
        None => None,
    };
    Some(Validity::joint(epoch(&EpochName::HANDLER)?, space))
}
