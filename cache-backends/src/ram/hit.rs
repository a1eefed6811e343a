//! The short cut of a hit: from an annotated function to the node of its key, without the steps in between.
//!
//! A call that finds nothing here goes the way of every call, which decides. So whatever is not simple is no hit here: tags,
//! an entry that is about to expire, a key of many bytes, a test's cache. Where it calls nothing, the function around it needs
//! no room on the stack, and the key of a few numbers stays in registers: that is what the forced inlining is for.

#![allow(unsafe_code, reason = "a site keeps a pointer to what is known of its function")]
#![allow(clippy::inline_always, reason = "see above")]

use std::any::TypeId;
use std::fmt;

use cache_core::Value;
use cache_core::function::{Settled, ShortCut, Site};
use cache_core::key::{Instance, Probe, Secret};

use super::buckets::Buckets;
use super::functions::Function;
use super::head::{LONG, Life, Tag};
use super::node::Held;
use super::reader::Pin;
use super::settle::settle;
use super::store::Store;
use super::table::Spot;
use super::ticket::Ticket;

/// What a site points to: a function (or an instance of a generic one) on a handler in memory, for as long as the process
/// lives.
#[repr(C)]
pub(super) struct Short {
    /// What a call compares before it takes this for a short cut: the type of the values, or [`Several`].
    pub(super) id: TypeId,
    pub(super) secret: Secret,
    /// Those of the function's table, and one less than how many there are.
    pub(super) buckets: &'static [Buckets],
    pub(super) mask: usize,
    pub(super) function: &'static Function,
    /// The counters of its calls.
    pub(super) index: usize,
    pub(super) store: &'static Store,
    pub(super) settled: &'static Settled,
    /// The type of its values, which the kind of the function's nodes stands for.
    pub(super) values: TypeId,
    pub(super) instance: Option<TypeId>,
    /// Another instance of the same function.
    pub(super) next: Option<&'static Self>,
}

/// In place of a type: there are several instances, each with values of its own type.
pub(super) enum Several {}

/// A node that was found for a call, and what it takes to give its value.
pub struct Found {
    held: Held<'static>,
    /// How many words its key has.
    words: usize,
    values: TypeId,
    index: usize,
    pin: Pin,
}

impl ShortCut for crate::ShortCut {
    type Found = Found;
    type Ticket = Ticket;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn find<P: Probe>(
        site: &'static Site,
        values: TypeId,
        probe: P,
        mark: Option<u64>,
        instance: Option<Instance>,
    ) -> Option<Found> {
        let pin = Pin::swift()?;
        let short = Short::of(site, values, instance)?;
        let found = short.find(pin, values, &probe, mark, |pin, spot, tag| {
            // SAFETY: the mask is one less than how many there are; the tag is of the length that was asked for.
            unsafe { short.buckets.get_unchecked(spot.shard(short.mask)).find(pin, spot.hash(), tag, &probe) }
        })?;
        found.if_fresh(Pin::is_fresh)
    }

    fn was_sure() -> bool {
        Pin::swift().is_some_and(|pin| pin.knows_time())
    }
}

impl Short {
    /// That of a function whose values have this type.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn of(site: &'static Site, values: TypeId, instance: Option<Instance>) -> Option<&'static Self> {
        let first = site.fast().cast_const();
        let id = if instance.is_some() { TypeId::of::<Several>() } else { values };
        // SAFETY: a site always points to an identity.
        if unsafe { *first } != id {
            return None;
        }
        // SAFETY: one that is `Several` or that of a type of values is the beginning of a short cut, which is never freed
        // or changed.
        let mut short: &'static Self = unsafe { &*first.cast() };
        if let Some(instance) = instance {
            while short.instance != Some(instance.id()) || short.values != values {
                short = short.next?;
            }
        }
        Some(short)
    }

    /// That of an instance that was settled before.
    pub(super) fn first(site: &'static Site) -> Option<&'static Self> {
        let first = site.fast().cast_const();
        // SAFETY: as in `Short::of`.
        unsafe { (*first == TypeId::of::<Several>()).then(|| &*first.cast()) }
    }

    /// What `find` finds for a key: in chains of the function's table, by a spot and a tag of keys of the probe's length, which
    /// is less than [`LONG`]. `values` is the type that this was asked for: said once more, it is known to the compiler.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn find<P: Probe + ?Sized>(
        &self,
        pin: Pin,
        values: TypeId,
        probe: &P,
        mark: Option<u64>,
        find: impl for<'p> FnOnce(&'p Pin, Spot, Tag) -> Option<Held<'p>>,
    ) -> Option<Found> {
        let length = probe.length();
        if length >= LONG {
            return None;
        }
        let mark = mark.unwrap_or_else(|| self.secret.mark(probe));
        let spot = Spot::new(mark, self.function.seed());
        let held = find(&pin, spot, self.function.tag(length))?;
        // SAFETY: the pin goes where the node goes, and ends behind it.
        let held = unsafe { held.detach() };
        Some(Found { held, words: Tag::words_of(length), values, index: self.index, pin })
    }
}

impl Found {
    /// The value, if it is one of this type.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn value<V: Value>(&self) -> Option<&V> {
        if self.values != TypeId::of::<V>() {
            return None;
        }
        let node = self.held.node();
        // SAFETY: it was looked for with the tag of the short cut's function, whose kind is that of values of this type.
        Some(unsafe { node.value_behind::<V>(self.words) })
    }

    /// It is a hit, if it is fresh.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn if_fresh(self, is_fresh: impl FnOnce(&Pin, Life) -> bool) -> Option<Self> {
        let head = self.held.head();
        let life = head.life();
        if !is_fresh(&self.pin, life) {
            return None;
        }
        head.note_read(life);
        self.pin.count_hit(self.index);
        Some(self)
    }
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Found").finish_non_exhaustive()
    }
}

/// What is stored for a call that found nothing by the short cut, because it had none yet or could not be sure.
pub(crate) fn again<V: Value>(
    site: &'static Site,
    probe: &dyn Probe,
    mark: u64,
    instance: Option<Instance>,
) -> Option<Found> {
    let values = TypeId::of::<V>();
    settle::<V>(site, instance);
    let short = Short::of(site, values, instance)?;
    let pin = Pin::anywhere();
    pin.learn_time();
    let found = short.find(pin, values, probe, Some(mark), |pin, spot, tag| {
        // SAFETY: the tag is of the length that was asked for.
        unsafe { short.function.table.find_surely(pin, spot, tag, probe) }
    })?;
    found.if_fresh(Pin::is_fresh_indeed)
}
