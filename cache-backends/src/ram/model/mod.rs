//! Every interleaving of looking up and changing what is looked up, tried by loom over the table itself:
//! `RUSTFLAGS="--cfg loom" cargo test -p cache-backends --features ram --lib --release ram::model`.
//!
//! Nodes and chains stay where they are when they are freed, and are marked ([`super::sync`]); values are marked here. So
//! loom reports whoever reads what was freed, and whoever frees what is read by someone it does not know to have left.
//! (Readers fence here, as they do where there is no `membarrier(2)`.)

#![allow(unsafe_code, reason = "chains are read without their lock")]

mod chains;
mod reclaiming;

use std::cell::Cell;
use std::panic;
use std::sync::{Arc, Once};

use cache_core::key::Recorded;
use loom::cell::UnsafeCell;
use loom::model::Builder;
use loom::thread::{self, JoinHandle};

use super::head::Tag;
use super::kind::Kind;
use super::node::{Held, Node, Plate};
use super::pool::Places;
use super::reader::Pin;
use super::table::{Found, Spot, Table};
use super::weight::Weight;

std::thread_local! {
    /// Something panicked on this thread, which is that of all threads of a model. The engine catches what the `Drop` of a
    /// value panics with.
    static PANICKED: Cell<bool> = const { Cell::new(false) };
}

/// `LOOM_MAX_PREEMPTIONS` sets another bound of forced switches of threads.
fn model(check: impl Fn() + Sync + Send + 'static) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let report = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            PANICKED.set(true);
            report(info);
        }));
    });
    PANICKED.set(false);
    let mut builder = Builder::new();
    builder.preemption_bound = Some(builder.preemption_bound.unwrap_or(3));
    builder.check(move || {
        check();
        assert!(!PANICKED.get(), "something panicked, and that was caught");
    });
}

/// A value that is seen to be read after it was dropped, or dropped while it is read.
struct Checked(UnsafeCell<u32>);

// SAFETY: that is for loom to find out.
unsafe impl Sync for Checked {}
// SAFETY: as above.
unsafe impl Send for Checked {}

impl Checked {
    const DROPPED: u32 = u32::MAX;

    fn number(&self) -> u32 {
        // SAFETY: nobody writes it, or loom says so.
        let number = self.0.with(|number| unsafe { *number });
        assert_ne!(number, Self::DROPPED, "a value was read that was dropped");
        number
    }
}

impl Clone for Checked {
    fn clone(&self) -> Self {
        Self(UnsafeCell::new(self.number()))
    }
}

impl Drop for Checked {
    fn drop(&mut self) {
        // SAFETY: nobody reads it, or loom says so.
        self.0.with_mut(|number| unsafe { *number = Self::DROPPED });
    }
}

/// A key, and the lowest bits of its hash: those of as many bits that are the same are in one chain.
#[derive(Clone, Copy)]
struct Key(&'static str, u32);

const A: Key = Key("a", 0b00);
const B: Key = Key("b", 0b00);
const C: Key = Key("c", 0b10);

impl Key {
    fn spot(self) -> Spot {
        Spot::new(u64::from(self.1) << 32, 0)
    }

    fn probe(self) -> Recorded<'static> {
        Recorded(self.0.as_bytes())
    }
}

const OWNER: u32 = 1;

/// A table of one shard that begins with one chain.
struct Ram {
    table: Table,
    kind: Kind<Checked>,
}

impl Ram {
    /// One that has these, the last one in front.
    fn with(threshold: usize, entries: &[(Key, u32)]) -> Arc<Self> {
        let ram = Self { table: Table::new(threshold, None), kind: Kind::of_values().unwrap() };
        for (key, number) in entries {
            ram.put(*key, *number);
        }
        Arc::new(ram)
    }

    fn put(&self, key: Key, number: u32) {
        let (hash, weight) = (key.spot().hash(), Weight::default());
        let plate = Plate { key: key.0.as_bytes(), hash, owner: OWNER, ends: u64::MAX, weight };
        let place = |layout| Places::default().take(layout);
        let node = Node::make(self.kind, &plate, Checked(UnsafeCell::new(number)), place);
        let freed = self.table.lock(key.spot()).insert(&key.probe(), node);
        drop(freed);
    }

    fn remove(&self, key: Key) {
        let freed = self.table.lock(key.spot()).remove(key.spot().hash(), OWNER, &key.probe());
        drop(freed);
    }

    /// Frees what can be.
    fn free(&self) {
        self.table.tidy(0, false, &|_| false);
    }

    fn tag(&self, key: Key) -> Tag {
        Tag::new(OWNER, self.kind.number(), key.0.len())
    }

    /// What a hit reads. It may miss what is there while chains are made anew.
    fn hit(&self, key: Key) -> Option<u32> {
        self.read(&self.find(&Pin::anywhere(), key)?)
    }

    fn find<'p>(&self, pin: &'p Pin, key: Key) -> Option<Held<'p>> {
        // SAFETY: the tag is one of keys of this length, which is short.
        unsafe { self.table.buckets()[0].find(pin, key.spot().hash(), self.tag(key), &key.probe()) }
    }

    /// What is read where a hit found none. It misses nothing.
    fn look(&self, key: Key) -> Option<u32> {
        let pin = Pin::anywhere();
        // SAFETY: as in `find`.
        let held = unsafe { self.table.find_surely(&pin, key.spot(), self.tag(key), &key.probe()) };
        self.read(&held?)
    }

    /// What is read where no short cut leads. It misses nothing.
    fn entry(&self, key: Key) -> Option<u32> {
        match self.table.entry(key.spot(), OWNER, &key.probe(), 0)? {
            Found::Inline(value, _) => value.downcast_ref().map(Checked::number),
            Found::Whole(..) => None,
        }
    }

    /// What a look takes along, for a commit behind it.
    fn seen(&self, key: Key) -> u64 {
        self.table.stamp(key.spot(), OWNER)
    }

    /// Whether a commit goes through.
    fn is_unchanged(&self, key: Key, seen: u64) -> bool {
        self.table.lock(key.spot()).is_unchanged(key.spot().hash(), OWNER, &key.probe(), seen)
    }

    fn read(&self, held: &Held<'_>) -> Option<u32> {
        held.head().note_read(held.head().life());
        held.value(self.kind).map(Checked::number)
    }
}

/// Runs `run` on another thread.
fn beside<T: 'static>(ram: &Arc<Ram>, run: impl FnOnce(&Ram) -> T + 'static) -> JoinHandle<T> {
    let ram = Arc::clone(ram);
    thread::spawn(move || run(&ram))
}
