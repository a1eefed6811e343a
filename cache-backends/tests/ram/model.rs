//! The handler in memory against a plain map: any sequence of operations comes to the same.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use cache_backends::Ram;
use cache_core::key::{Key, KeyPart, Recorder, Space};
use cache_core::{
    Backend, Clock, Entry, Env, Epoch, EpochName, IntoHandler, Life, Pattern, Reply, Seen, Slot, Stored, Validity,
    When, block_on,
};
use proptest::prelude::*;

use crate::steps::{FUNCTIONS, How, KEYS, Place, Step, steps};

/// An entry of the model.
#[derive(Clone, Copy)]
struct Kept {
    payload: u64,
    ends: u64,
    age: (u64, u64),
}

/// The last look at a place.
struct Looked {
    seen: Seen,
    changes: (u64, u64),
    age: (u64, u64),
    patterns: Epoch,
}

/// A plain map, and the store that is compared with it.
struct Both {
    store: Arc<dyn Backend>,
    clock: Clock,
    spaces: Vec<Space>,
    /// Entries may have been pushed out.
    evicts: bool,
    map: HashMap<Place, Kept>,
    /// How often each place was written, and how often emptied so that it is noticed in any case.
    changes: HashMap<Place, (u64, u64)>,
    /// How often the epoch of each function was renewed, and that of the handler.
    renewed: [u64; FUNCTIONS],
    all_renewed: u64,
    looked: HashMap<Place, Looked>,
    next: u64,
}

fn wait<T: Unpin>(reply: Reply<'_, T>) -> T {
    block_on(reply).unwrap()
}

fn payload(entry: &Entry) -> u64 {
    *entry.value.downcast_ref().unwrap()
}

#[allow(clippy::needless_pass_by_value, reason = "it is mapped over what was read")]
fn payload_of(stored: Stored) -> u64 {
    match stored {
        Stored::Object(entry) => payload(&entry),
        Stored::Bytes(_) => panic!("it keeps objects"),
    }
}

fn with_key<T>(spaces: &[Space], (function, key): Place, run: impl FnOnce(&Key<'_>) -> T) -> T {
    let Some(space) = spaces.get(function) else { return run(&Key::direct(&key.to_string())) };
    let mut recorder = Recorder::new();
    key.to_string().record(&mut recorder);
    if key % 2 == 1 {
        "so that there are long keys as well".record(&mut recorder);
    }
    run(&Key::new(space, recorder.bytes()))
}

impl Both {
    fn new(threshold: usize) -> Self {
        let clock = Clock::standing();
        let opened = Ram::builder().threshold(threshold).open(&Env { clock: clock.clone() }).unwrap();
        let spaces = vec![Space::function("f", 0).with_template(&["", ""]), Space::function("g", 0)];
        let store = Arc::clone(opened.backend());
        let names = spaces.iter().filter_map(|space| space.epoch().cloned());
        let names: Vec<_> = names.chain([EpochName::HANDLER, EpochName::PATTERNS]).collect();
        wait(store.epochs(&names, Life::FOREVER));
        Self {
            store,
            clock,
            spaces,
            evicts: threshold < FUNCTIONS * KEYS,
            map: HashMap::new(),
            changes: HashMap::new(),
            renewed: [0; FUNCTIONS],
            all_renewed: 0,
            looked: HashMap::new(),
            next: 0,
        }
    }

    fn age(&self, place: Place) -> (u64, u64) {
        (self.renewed[place.0], self.all_renewed)
    }

    fn changes(&self, place: Place) -> (u64, u64) {
        self.changes.get(&place).copied().unwrap_or_default()
    }

    /// Empties a place; `in_any_case` is noticed by commits also if the entry was pushed out before.
    fn empty(&mut self, place: Place, in_any_case: bool) {
        self.map.remove(&place);
        let changes = self.changes.entry(place).or_default();
        if in_any_case { changes.1 += 1 } else { changes.0 += 1 }
    }

    /// What the map holds.
    fn expected(&self, place: Place) -> Option<u64> {
        let kept = self.map.get(&place).filter(|kept| self.clock.now() < kept.ends && kept.age == self.age(place))?;
        Some(kept.payload)
    }

    /// The store gives what the map holds, or, where entries are pushed out, nothing.
    fn gives(&self, place: Place, found: Option<u64>) {
        let expected = self.expected(place);
        assert!(found == expected || self.evicts && found.is_none(), "{found:?} where {expected:?} was expected");
    }

    /// Whether a slot was left alone since it was looked at; and whether that is so but for writes.
    fn stands(&self, place: Place) -> (bool, bool) {
        let Some(looked) = self.looked.get(&place).filter(|looked| looked.age == self.age(place)) else {
            return (false, false);
        };
        (looked.changes == self.changes(place), looked.changes.1 == self.changes(place).1)
    }

    /// `is` is what was expected. What was written and pushed out again is not known any more.
    fn is_expected(&self, is: bool, (expected, but_for_writes): (bool, bool)) {
        assert!(is == expected || self.evicts && (!is || but_for_writes), "{is} where {expected} was expected");
    }

    fn current(&self, name: &EpochName<'_>) -> Epoch {
        wait(self.store.current(std::slice::from_ref(name)))[0].unwrap()
    }

    fn put(&mut self, place: Place, life: Option<u64>, how: How) {
        let (now, age) = (self.clock.now(), self.age(place));
        let seconds = life.unwrap_or(1);
        let kept = if seconds == u64::MAX { Life::FOREVER } else { Life::of(Duration::from_secs(seconds)) };
        let space = self.spaces.get(place.0).and_then(Space::epoch).map(|name| self.current(name));
        let epoch = Validity::joint(self.current(&EpochName::HANDLER), space);
        self.next += 1;
        let stored = life.map(|_| {
            let ends = kept.ends(now);
            let validity = Validity { created: now, fresh_until: ends, kept_until: ends, epoch, tags: Vec::new() };
            Stored::Object(Arc::new(Entry { value: Arc::new(self.next), weigher: None, validity }))
        });
        let is_stored = stored.is_some() && !kept.is_none();
        let looked = self.looked.get(&place);
        let seen = looked.map_or_else(Seen::default, |looked| looked.seen.clone());
        let patterns = looked.map_or_else(Epoch::random, |looked| looked.patterns);
        let (when, expected) = match how {
            How::Always => (When::Always, (true, true)),
            How::Absent => (When::Absent, (self.expected(place).is_none(), true)),
            How::Unchanged { with_epoch } => {
                let fits = !with_epoch || patterns == self.current(&EpochName::PATTERNS);
                let epoch = with_epoch.then_some((&EpochName::PATTERNS, patterns));
                let (stands, but_for_writes) = self.stands(place);
                (When::Unchanged { seen: &seen, epoch }, (stands && fits, but_for_writes && fits))
            }
        };
        let put = with_key(&self.spaces, place, |key| wait(self.store.put(Slot::Entry(key), stored, kept, when)));
        self.is_expected(put, expected);
        if put && is_stored {
            self.map.insert(place, Kept { payload: self.next, ends: kept.ends(now), age });
            self.changes.entry(place).or_default().0 += 1;
        } else if put && !matches!(how, How::Unchanged { .. }) {
            self.empty(place, true);
        } else if put && self.expected(place).is_some() {
            self.empty(place, false);
        }
    }

    fn look(&mut self, place: Place) {
        let watch = [EpochName::PATTERNS];
        let look = with_key(&self.spaces, place, |key| wait(self.store.look(key, &watch)));
        let seen = look.seen();
        self.gives(place, look.stored.map(payload_of));
        assert_eq!(look.epochs, [Some(self.current(&EpochName::PATTERNS))]);
        let (changes, age) = (self.changes(place), self.age(place));
        self.looked.insert(place, Looked { seen, changes, age, patterns: look.epochs[0].unwrap() });
    }

    fn read(&self, place: Place) {
        let found = with_key(&self.spaces, place, |key| wait(self.store.get(&[Slot::Entry(key)])).pop().flatten());
        self.gives(place, found.map(payload_of));
        let mut found = None;
        let peeked =
            with_key(&self.spaces, place, |key| self.store.peek(key, &mut |entry| found = Some(payload(entry))));
        assert_eq!(peeked, found.is_some());
        self.gives(place, found);
    }

    fn empty_those(&mut self, which: impl Fn(&Key<'_>) -> bool) {
        let matching = |place: &Place| with_key(&self.spaces, *place, &which);
        let found: Vec<Place> = self.map.keys().copied().filter(matching).collect();
        for place in found {
            // Those of a cleared function are gone, whatever becomes of them.
            if self.map[&place].age == self.age(place) {
                self.empty(place, false);
            }
        }
    }

    fn renew(&mut self, function: Option<usize>) {
        match function {
            Some(function) => {
                self.renewed[function] += 1;
                wait(self.store.renew(&[self.spaces[function].epoch().unwrap().clone()]));
            }
            None => {
                self.all_renewed += 1;
                wait(self.store.renew(&[EpochName::HANDLER]));
            }
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Put(place, life, how) => self.put(place, life, how),
            Step::Read(place) => self.read(place),
            Step::Look(place) => self.look(place),
            Step::Holds(place) => {
                let Some(looked) = self.looked.get(&place) else { return };
                let holds = with_key(&self.spaces, place, |key| wait(self.store.holds(key, &looked.seen)));
                self.is_expected(holds, self.stands(place));
            }
            Step::Invalidate(place) => {
                let tombstone = Stored::Bytes(vec![7; 16]);
                with_key(&self.spaces, place, |key| wait(self.store.invalidate(key, tombstone, Life::FOREVER)));
                self.empty(place, true);
            }
            Step::Renew(function) => self.renew(function),
            Step::Match(text) => {
                let pattern = Pattern::new(&text);
                wait(self.store.renew(&[EpochName::PATTERNS]));
                wait(self.store.remove_matching(&pattern));
                self.empty_those(|key| key.subject().is_some_and(|subject| pattern.matches(&subject)));
            }
            Step::Reclaim => {
                wait(self.store.reclaim());
                self.empty_those(|_| true);
            }
            Step::Advance(seconds) => self.clock.advance(Duration::from_secs(seconds)),
        }
    }
}

fn compare(threshold: usize, steps: Vec<Step>) {
    let mut both = Both::new(threshold);
    steps.into_iter().for_each(|step| both.take(step));
    for place in (0..FUNCTIONS).flat_map(|function| (0..KEYS).map(move |key| (function, key))) {
        both.read(place);
    }
}

proptest! {
    #[test]
    fn any_operations_come_to_the_same_as_on_a_plain_map(steps in steps()) {
        compare(500, steps);
    }

    #[test]
    fn any_operations_come_to_the_same_in_many_shards(steps in steps()) {
        compare(5_000, steps);
    }

    #[test]
    fn where_few_fit_entries_are_pushed_out_and_nothing_else_is_different(steps in steps()) {
        compare(7, steps);
    }
}
