//! A miss on the short cut: what it takes to keep the result of a run where the next call finds it.

#![allow(unsafe_code, reason = "the number of a kind stands for a type")]

use std::any::TypeId;
use std::fmt;

use cache_core::function::{Settled, Site, Unawaited, Waiters};
use cache_core::key::{Instance, Recorded};
use cache_core::{Clock, Life, Ttl, Value};

use super::hit::Short;
use super::kind::Kind;
use super::limbo::Freed;
use super::node::{Node, Plate};
use super::reader::{self, Pin};
use super::table::Spot;
use super::weight::Weight;

/// Where a result is to be kept.
pub struct Ticket {
    short: &'static Short,
    /// The number of the function when it was asked for.
    number: u32,
    spot: Spot,
    /// The number of the last write in its shard by then.
    seen: u64,
}

/// A ticket for a key of this mark.
pub(crate) fn ticket<V: Value>(site: &'static Site, mark: u64, instance: Option<Instance>) -> Option<Ticket> {
    let short = Short::of(site, TypeId::of::<V>(), instance)?;
    let number = short.function.number();
    let spot = Spot::new(mark, super::functions::seed(number));
    // What is weighed goes the way of every call.
    let is_counted = short.function.table.budget.limit().is_none();
    (number != 0 && is_counted).then_some(Ticket { short, number, spot, seen: 0 })
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket").field("spot", &self.spot).finish_non_exhaustive()
    }
}

impl Ticket {
    /// Whether its function was not cleared since.
    fn is_current(&self) -> bool {
        self.short.function.number() == self.number
    }
}

impl cache_core::function::Ticket for Ticket {
    fn settled(&self) -> &'static Settled {
        self.short.settled
    }

    fn look(&mut self, key: &[u8]) -> bool {
        let function = self.short.function;
        self.seen = function.table.stamp(self.spot, self.number);
        // In this order: what is kept whole behind the look, the commit will notice.
        !function.has_whole() || !function.table.lock(self.spot).has_any(self.spot.hash(), self.number, &Recorded(key))
    }

    fn count_run(&self) {
        reader::count_run(self.short.index);
    }

    fn stands(&self, key: &[u8]) -> bool {
        let shard = self.short.function.table.lock(self.spot);
        self.is_current() && shard.is_unchanged(self.spot.hash(), self.number, &Recorded(key), self.seen)
    }
}

/// When a life begins that begins now. Of one of some length it may be some milliseconds ago: that is less than it costs to ask
/// the real clock.
fn begins(life: Life) -> u64 {
    let is_long = life.millis().is_none_or(|millis| millis > 1_000);
    let time = if is_long { Pin::swift().and_then(|pin| pin.time()) } else { None };
    time.unwrap_or_else(|| Clock::system().now())
}

/// Ends a run and keeps the value of its result.
pub(crate) fn keep<V: Value>(
    ticket: &mut Ticket,
    run: &mut Unawaited,
    key: &[u8],
    value: V,
    ttl: Option<Ttl>,
) -> Option<Waiters> {
    let short = ticket.short;
    let store = short.store;
    let life = short.settled.life(ttl);
    let kind = short.function.kind().filter(|_| !life.is_none() && short.values == TypeId::of::<V>());
    let Some(kind) = kind else { return run.end(|_| ()) };
    // SAFETY: the kind of the function's nodes is that of the type of its values.
    let kind = unsafe { Kind::<V>::of_number(kind) };
    let ends = life.ends(begins(life));
    let plate = Plate { key, hash: ticket.spot.hash(), owner: ticket.number, ends, weight: Weight::default() };
    let (mut freed, mut value) = (Freed::default(), Some(value));
    let waiters = run.end(|may_store| {
        let mut shard = short.function.table.lock(ticket.spot);
        let stands = may_store
            && ticket.is_current()
            && shard.is_unchanged(ticket.spot.hash(), ticket.number, &Recorded(key), ticket.seen);
        if let Some(value) = value.take_if(|_| stands) {
            let node = Node::make(kind, &plate, value, |layout| shard.place(layout));
            freed = shard.insert(&Recorded(key), node);
            ticket.seen = shard.stamp(ticket.number);
            reader::count_store(short.index);
        }
    });
    // Behind the locks, as a value that is not kept.
    drop(freed);
    store.keep_epochs(short.function, ends);
    waiters
}
