//! A value in memory, and what it depends on.

use std::sync::Arc;

use cache_core::{Clock, Entry, Life, Stored, Validity, Weigh, Weigher};

use crate::ram::weighers;
use crate::redis::Copied;

/// What is kept in memory of an entry that was read.
pub(super) struct Copy {
    /// It has no end of its own: that is [`Copy::ends`].
    pub(super) entry: Entry,
    pub(super) copied: Copied,
    /// When it is over, in milliseconds of this process.
    pub(super) ends: u64,
}

impl Copy {
    /// A copy of `entry`, read as `copied` says. Of the server's clock and the end that the entry itself has, the earlier counts.
    pub(super) fn new(mut entry: Entry, copied: Copied, clock: &Clock) -> Self {
        let mut ends = copied.ends();
        let validity = &mut entry.validity;
        // An entry whose slot is kept for longer than it is fresh ends by the date that it carries.
        if validity.kept_until != validity.fresh_until {
            ends = ends.min(clock.now().saturating_add(validity.fresh_until.saturating_sub(clock.wall())));
        }
        validity.fresh_until = u64::MAX;
        Self { entry, copied, ends }
    }

    /// How long it is from now on.
    pub(super) fn life(&self, now: u64) -> Life {
        Life::until(self.ends, now)
    }

    /// The same, in the form that the memory keeps. It records no epochs there: what it depends on is on the server.
    pub(super) fn stored(self) -> Stored {
        let validity = Validity { created: 0, fresh_until: 0, kept_until: 0, epoch: 0, tags: Vec::new() };
        Stored::Object(Arc::new(Entry { value: Arc::new(self), weigher: Some(Weigher::of::<Self>()), validity }))
    }
}

impl Weigh for Copy {
    fn heap_size(&self) -> usize {
        let value = size_of_val(&*self.entry.value);
        // One that cannot be weighed is not kept.
        let heap =
            weighers::heap_size(&self.entry).map_or(usize::MAX, |bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
        value.saturating_add(heap)
    }
}
