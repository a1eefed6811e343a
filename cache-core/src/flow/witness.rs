//! What a look saw before a run, and the writes that go through only if all of it still stands.
//!
//! An invalidation leaves a tombstone in its slot for as long as a run may last. Whatever is written over it has to keep
//! the slot occupied for that long too, or a run that saw it empty *before* the invalidation would find it empty again.

use std::time::Duration;

use super::look::{Request, watch};
use crate::backend::When;
use crate::cache::{Handler, LONGEST_RUN};
use crate::entry::{Form, Object, Seen, Stored, Validity};
use crate::epoch::{Epoch, EpochName};
use crate::error::BackendError;
use crate::form;
use crate::stats::Count;
use crate::ttl::Life;

/// What a look saw.
#[derive(Clone, Debug)]
pub(crate) struct Witness {
    pub(super) seen: Seen,
    /// The epochs of the handler, of the space, of patterns and of the tags, in the order of [`watch`].
    pub(super) epochs: Vec<Epoch>,
    /// When the look began by the monotonic clock, and by the machine's date when it ended at the latest: before the run.
    pub(super) since: (u64, u64),
    /// Until when the slot has to remember an invalidation, by [`Handler::time`]; 0 if there was none.
    pub(super) remembered: u64,
}

/// How storing a value went.
#[derive(Clone, Debug)]
pub(crate) enum Committed {
    /// It was written: until then the slot had not changed since the look.
    Stored,
    /// The same, and what other processes see of it was noted.
    Noted(Seen),
    /// The slot was emptied, in which nothing had changed until then.
    Emptied,
    /// There was nothing to be written.
    Unwritten,
    /// Something was invalidated or stored in between.
    Overtaken,
    /// It could not be found out.
    Unknown,
}

impl Committed {
    /// Whether the value is stored.
    pub(crate) const fn is_stored(&self) -> bool {
        matches!(self, Self::Stored | Self::Noted(_))
    }
}

/// Whether what a look saw still stands, and so does the result of a run after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It does.
    Stands,
    /// Something was invalidated or stored in between, or whoever waits has to look whether that is so.
    Overtaken,
    /// It could not be found out.
    Unknown,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Write {
    /// The result of a run: if what was seen still stands. What is seen of it is `noted` for those who wait.
    Result { noted: bool },
    /// A value that was set: if what was seen still stands.
    Set,
    /// A value that was set: in any case.
    SetAnyway,
}

/// For how long a value that was set keeps its slot at least: a run that began before it and ends within this time does
/// not store an older value where the newer one is over already. (An hour, as for invalidations, would keep a store
/// full of values that were meant for a second.)
const SET_IS_REMEMBERED: Duration = Duration::from_secs(60);

/// Why a value was not written.
#[derive(Debug)]
pub(crate) enum Unwritten {
    /// It has no form that the handler keeps: why, and what to do instead.
    Unstorable(String),
    /// The store failed.
    Failed(BackendError),
}

impl From<BackendError> for Unwritten {
    fn from(error: BackendError) -> Self {
        Self::Failed(error)
    }
}

impl Witness {
    /// Whether the slot was empty.
    pub(crate) const fn saw_nothing(&self) -> bool {
        self.seen.is_nothing()
    }

    /// Makes this look at one slot as old as `other` at another one: the epochs of both are the same.
    pub(crate) fn stands_for(&mut self, other: &Self) {
        self.epochs.clone_from(&other.epochs);
        self.since = other.since;
    }

    /// Whether the run took so long that an invalidation may have come and left no trace.
    fn is_too_old(&self, (now, wall): (u64, u64)) -> bool {
        // By both clocks: the one that never goes back may stand still while the machine is suspended.
        let age = now.saturating_sub(self.since.0).max(wall.saturating_sub(self.since.1));
        u128::from(age) >= LONGEST_RUN.as_millis()
    }

    /// For how long from `now` on the slot has to remember an invalidation: for as long as a run may last at most,
    /// whatever the clock said of the machine that wrote what was seen.
    pub(super) fn remembers(&self, now: u64) -> Life {
        Life::until(self.remembered, now).min(Life::of(LONGEST_RUN))
    }

    /// Only if the slot still holds what was seen; where a pattern could match the key, none was cleared since.
    fn unchanged<'a>(&'a self, request: &Request<'_>, patterns: &'a EpochName<'a>) -> When<'a> {
        let at = 1 + usize::from(request.key.space().epoch().is_some());
        let epoch = request.key.has_subject().then(|| self.epochs.get(at)).flatten();
        When::Unchanged { seen: &self.seen, epoch: epoch.map(|epoch| (patterns, *epoch)) }
    }

    /// What an entry that is stored now records.
    fn record(&self, request: &Request<'_>, now: u64, life: Life, kept: Life) -> Validity {
        let space = request.key.space().epoch().and_then(|_| self.epochs.get(1).copied());
        let epoch = Validity::joint(self.epochs.first().copied().unwrap_or(Epoch(0)), space);
        let first_tag = self.epochs.len() - request.tags.len();
        let tags = request.tags.iter().cloned().zip(self.epochs.iter().skip(first_tag).copied()).collect();
        Validity { created: now, fresh_until: life.ends(now), kept_until: kept.ends(now), epoch, tags }
    }

    /// `value` as it is stored `now`, fresh for `life`, and for how long its slot is kept.
    pub(super) fn frozen(
        &self,
        handler: &Handler,
        request: &Request<'_>,
        value: &Object,
        life: Life,
        how: Write,
        now: u64,
    ) -> Result<(Stored, Life), Unwritten> {
        let remembered = match how {
            Write::Result { .. } => self.remembers(now),
            Write::Set => self.remembers(now).max(Life::of(SET_IS_REMEMBERED)),
            // What is written over a slot that was not looked at may be written over a tombstone.
            Write::SetAnyway => Life::of(LONGEST_RUN),
        };
        let kept = life.max(remembered);
        let validity = self.record(request, now, life, kept);
        let stored = request.codec.freeze(handler.form(), &request.key, value, validity, || handler.nonce());
        Ok((stored.map_err(Unwritten::Unstorable)?, kept))
    }

    /// Writes `value`, fresh for `life` from these [`Handler::times`] on.
    pub(crate) async fn write(
        &self,
        handler: &Handler,
        request: &Request<'_>,
        value: &Object,
        life: Life,
        how: Write,
        times: (u64, u64),
    ) -> Result<Committed, Unwritten> {
        let backend = handler.backend();
        let (stored, kept) = self.frozen(handler, request, value, life, how, handler.time_of(times))?;
        {
            // Not held while the value is written: this is part of many futures.
            let names = watch(request);
            handler.ask(backend.extend(&names, life)).await?;
        }
        let seen = (how == Write::Result { noted: true }).then(|| Seen::of(Some(&stored)));
        let patterns = EpochName::PATTERNS;
        let when = if how == Write::SetAnyway { When::Always } else { self.unchanged(request, &patterns) };
        let written = handler.ask(backend.put((&request.key).into(), Some(stored), kept, when)).await?;
        Ok(match seen {
            _ if !written => Committed::Overtaken,
            Some(seen) => Committed::Noted(seen),
            None => Committed::Stored,
        })
    }

    /// Stores the result of a run for `life`, if what was seen still stands. If somebody had `joined` by then, what
    /// is seen of it is noted.
    pub(crate) async fn store(
        &self,
        handler: &Handler,
        request: &Request<'_>,
        value: &Object,
        life: Life,
        joined: bool,
    ) -> Committed {
        let times = handler.times();
        if self.is_too_old(times) {
            return Committed::Overtaken;
        }
        let noted = joined && handler.form() == Form::Bytes;
        match self.write(handler, request, value, life, Write::Result { noted }, times).await {
            Ok(committed) => {
                if committed.is_stored() {
                    handler.counters.add(Count::Store);
                }
                committed
            }
            Err(Unwritten::Unstorable(reason)) => {
                handler.refused(&request.key, &reason);
                Committed::Unwritten
            }
            Err(Unwritten::Failed(error)) => {
                handler.went_without("storing a result failed, it is not stored", &error);
                Committed::Unknown
            }
        }
    }

    /// Empties the slot, if what was seen still stands.
    pub(crate) async fn remove(&self, handler: &Handler, request: &Request<'_>) -> Committed {
        let times = handler.times();
        if self.is_too_old(times) {
            return Committed::Overtaken;
        }
        let now = handler.time_of(times);
        let remembered = self.remembers(now);
        let left: Option<Stored> = (!remembered.is_none()).then(|| form::tombstone(remembered.ends(now)));
        let patterns = EpochName::PATTERNS;
        let when = self.unchanged(request, &patterns);
        match handler.ask(handler.backend().put((&request.key).into(), left, remembered, when)).await {
            Ok(true) => Committed::Emptied,
            Ok(false) => Committed::Overtaken,
            Err(error) => {
                handler.went_without("removing a result failed, it stays stored", &error);
                Committed::Unknown
            }
        }
    }

    /// Whether nothing was invalidated or stored since the look, but for the result itself.
    pub(crate) async fn stands(&self, handler: &Handler, request: &Request<'_>, committed: Committed) -> Standing {
        let seen = match &committed {
            Committed::Noted(written) => written,
            // Nobody had joined when the write began, so what it wrote was not noted and cannot be compared. Who came since looks.
            Committed::Stored if handler.form() == Form::Bytes => return Standing::Overtaken,
            // In this process an invalidation of the key has sent later callers to a flight of their own.
            Committed::Stored | Committed::Emptied => return self.epochs_stand(handler, request).await,
            Committed::Unwritten => &self.seen,
            Committed::Overtaken => return Standing::Overtaken,
            Committed::Unknown => return Standing::Unknown,
        };
        match handler.ask(handler.backend().holds(&request.key, seen)).await {
            Ok(true) => self.epochs_stand(handler, request).await,
            Ok(false) => Standing::Overtaken,
            Err(_) => Standing::Unknown,
        }
    }

    async fn epochs_stand(&self, handler: &Handler, request: &Request<'_>) -> Standing {
        // An invalidation that did not reach the store is not seen there.
        if handler.owes() {
            return Standing::Unknown;
        }
        match handler.ask(handler.backend().current(&watch(request))).await {
            Ok(epochs) if epochs.iter().copied().eq(self.epochs.iter().copied().map(Some)) => Standing::Stands,
            Ok(_) => Standing::Overtaken,
            Err(_) => Standing::Unknown,
        }
    }
}
