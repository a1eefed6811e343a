//! One named handler: its backend, and what larder keeps about it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::nonces::Nonces;
use super::open::Opened;
use super::owed::{Invalidation, Owed, OwedKey, Settled};
use crate::backend::Backend;
use crate::breaker::Breaker;
use crate::clock::Clock;
use crate::entry::{Form, Object};
use crate::epoch::EpochName;
use crate::error::{BackendError, Error, Result};
use crate::flow::{Flights, Request, Unwritten, Write, before_write, swap_in};
use crate::form;
use crate::key::Key;
use crate::pattern::Pattern;
use crate::stats::{Count, Counters};
use crate::ttl::{Life, Ttl};

/// How long a run may last and still be stored. Tombstones live this long, so a run that is older may have been
/// overtaken by an invalidation that left no trace any more.
pub(crate) const LONGEST_RUN: Duration = Duration::from_secs(60 * 60);

/// A backend under its name.
pub(crate) struct Handler {
    name: String,
    opened: Opened,
    /// That of its backend.
    form: Form,
    pub(crate) clock: Clock,
    pub(crate) flights: Flights,
    pub(crate) counters: Counters,
    breaker: Breaker,
    owed: Owed,
    /// How often this process invalidated something here.
    generation: AtomicU64,
    nonces: Nonces,
}

impl Handler {
    pub(crate) fn new(name: String, opened: Opened, clock: Clock, deadline: Duration) -> Self {
        Self {
            name,
            form: opened.backend.form(),
            opened,
            flights: Flights::new(clock.clone(), deadline),
            clock,
            counters: Counters::default(),
            breaker: Breaker::default(),
            owed: Owed::default(),
            generation: AtomicU64::new(0),
            nonces: Nonces::default(),
        }
    }

    /// A number that no other write of bytes has.
    pub(crate) fn nonce(&self) -> u64 {
        self.nonces.next()
    }

    /// A number that changes with every invalidation of this process.
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::SeqCst)
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn backend(&self) -> &dyn Backend {
        &*self.opened.backend
    }

    /// Which form of entries it keeps.
    pub(crate) const fn form(&self) -> Form {
        self.form
    }

    /// The life of a result, by what its function or call says and this handler's default.
    pub(crate) fn life(&self, ttl: Ttl) -> Life {
        Life::resolve(ttl, self.opened.default_expire)
    }

    /// How long one operation of the backend may take.
    pub(super) const fn timeout(&self) -> Duration {
        self.opened.timeout
    }

    /// The time that this handler's entries carry.
    pub(crate) fn time(&self) -> u64 {
        match self.form {
            Form::Objects => self.clock.now(),
            Form::Bytes => self.clock.wall(),
        }
    }

    /// Both times: the monotonic one, and the machine's date.
    pub(crate) fn times(&self) -> (u64, u64) {
        (self.clock.now(), self.clock.wall())
    }

    /// [`Handler::time`], of both.
    pub(crate) const fn time_of(&self, (now, wall): (u64, u64)) -> u64 {
        match self.form {
            Form::Objects => now,
            Form::Bytes => wall,
        }
    }

    /// Callers who come from now on get nothing that was begun before: of `key`, or of no key that is named.
    pub(super) fn leave_behind(&self, key: Option<&Key<'_>>) {
        self.generation.fetch_add(1, Ordering::SeqCst);
        if let Some(key) = key {
            self.flights.detach(key);
        }
    }

    /// Has it done before the store is read again.
    pub(super) fn owe(&self, invalidation: Invalidation) {
        self.owed.add(invalidation);
    }

    /// Whether an invalidation did not reach the store yet.
    pub(crate) fn owes(&self) -> bool {
        self.owed.any()
    }

    /// Whether the store can be read, and nothing has to be done before.
    pub(crate) fn is_ready_at_once(&self) -> bool {
        self.breaker.is_closed() && !self.owes()
    }

    /// Whether the store can be read: it is not being skipped after a failure, and owes no invalidation.
    pub(crate) async fn is_ready(&self) -> bool {
        if !self.breaker.allows(|| self.clock.now()) {
            return false;
        }
        match self.owed.settle(self).await {
            Ok(settled) => settled == Settled::Clear,
            Err(error) => {
                self.failed("repeating an invalidation", &error);
                false
            }
        }
    }

    /// What a look came to: a failure makes the handler be skipped for a while.
    pub(crate) fn answered<T>(&self, what: &str, answer: Result<T, BackendError>) -> Option<T> {
        match answer {
            Ok(answer) => {
                self.breaker.succeeded();
                Some(answer)
            }
            Err(error) => {
                self.failed(what, &error);
                None
            }
        }
    }

    /// Stores `value` whatever is there, recorded under the epochs of this moment.
    pub(crate) async fn set(&self, request: &Request<'_>, value: &Object, life: Life) -> Result<()> {
        if life.is_none() {
            return self.invalidate_key(&request.key).await;
        }
        let _changing = self.changing(Some(request.key));
        match self.try_set(request, value, life).await {
            Ok(()) => {
                self.counters.add(Count::Store);
                Ok(())
            }
            Err(Unwritten::Failed(source)) => {
                self.counters.add(Count::Error);
                Err(self.error(format!("storing `{}`", request.key.label()), source))
            }
            Err(Unwritten::Unstorable(reason)) => {
                Err(Error::Unstorable { handler: self.name.clone(), subject: request.key.label(), reason })
            }
        }
    }

    async fn try_set(&self, request: &Request<'_>, value: &Object, life: Life) -> Result<(), Unwritten> {
        self.owed.settle(self).await?;
        if swap_in(self, request, value, life).await? {
            return Ok(());
        }
        // A write over what was seen keeps what the slot has to remember; one that is overtaken looks again. Against
        // writers that never pause the last try does not look, and has the slot remember for longer than it may need.
        for how in [Write::Set, Write::Set, Write::Set, Write::SetAnyway] {
            let witness = before_write(self, request).await?;
            if witness.write(self, request, value, life, how, self.times()).await?.is_stored() {
                break;
            }
        }
        Ok(())
    }

    fn failed(&self, what: &str, error: &BackendError) {
        self.counters.add(Count::Error);
        if self.breaker.failed(self.clock.now()) {
            log::warn!("handler `{}`: {what} failed, going on without it: {error}", self.name);
        }
    }

    /// Something failed that a call does without, such as a write of its result. It is counted; the handler is not skipped
    /// for it, since it may be about this one value.
    pub(crate) fn went_without(&self, what: &str, error: &BackendError) {
        self.counters.add(Count::Error);
        if self.breaker.may_log(self.clock.now()) {
            log::warn!("handler `{}`: {what}: {error}", self.name);
        }
    }

    /// A value has no form that this handler keeps.
    pub(crate) fn refused(&self, key: &Key<'_>, reason: &str) {
        self.counters.add(Count::Error);
        if self.breaker.may_log(self.clock.now()) {
            log::warn!("handler `{}` does not keep `{}`: {reason}", self.name, key.label());
        }
    }

    /// Forgets that it failed: a test's handler that works again does so at once.
    #[cfg(feature = "test")]
    pub(crate) fn mend(&self) {
        self.breaker.succeeded();
    }

    /// Makes something invalid. If the store cannot be reached the error is returned, and it is done again before the
    /// store is read.
    pub(crate) async fn invalidate(&self, what: String, invalidation: Invalidation) -> Result<()> {
        let _changing = self.changing(None);
        // Dropped half-way (a caller that went away), it is owed as well: it may not have happened.
        let guard = self.unfinished(invalidation);
        let outcome = match guard.what() {
            Some(invalidation) => self.perform(invalidation).await,
            None => Ok(()),
        };
        match outcome {
            Ok(()) => {
                guard.done();
                Ok(())
            }
            Err(source) => {
                drop(guard);
                self.counters.add(Count::Error);
                Err(self.error(format!("{what} (it will be repeated before this handler is read again)"), source))
            }
        }
    }

    /// Invalidates the entry of `key`, and lets callers that come from now on not wait for a run that began before.
    pub(crate) async fn invalidate_key(&self, key: &Key<'_>) -> Result<()> {
        let _changing = self.changing(Some(*key));
        let label = key.label();
        self.invalidate(format!("invalidating `{label}`"), Invalidation::Key(OwedKey::of(key))).await
    }

    /// See [`Backend::flush`].
    pub(super) async fn flush(&self) -> Result<()> {
        self.ask(self.backend().flush()).await.map_err(|source| self.error("flushing".to_owned(), source))
    }

    pub(super) async fn perform(&self, invalidation: &Invalidation) -> Result<(), BackendError> {
        let backend = self.backend();
        match invalidation {
            Invalidation::Key(owed) => {
                let life = Life::of(LONGEST_RUN);
                self.ask(backend.invalidate(&owed.key(), form::tombstone(life.ends(self.time())), life)).await
            }
            Invalidation::Epochs(names) if names.is_empty() => Ok(()),
            Invalidation::Epochs(names) => self.ask(backend.renew(names)).await,
            Invalidation::Everything => {
                self.ask(backend.renew(&[EpochName::HANDLER])).await?;
                self.ask(backend.reclaim()).await
            }
            Invalidation::Matching(pattern) => {
                self.renew_patterns().await?;
                self.sweep(pattern).await
            }
        }
    }

    /// The first half of a clear by pattern: commits of keys that one could match are refused that began before.
    pub(super) async fn renew_patterns(&self) -> Result<(), BackendError> {
        self.ask(self.backend().renew(&[EpochName::PATTERNS])).await
    }

    /// The second half. A scan of a large store takes as long as it takes; each of its steps is bounded by the backend.
    pub(super) async fn sweep(&self, pattern: &Pattern) -> Result<(), BackendError> {
        self.backend().remove_matching(pattern).await
    }

    pub(crate) fn error(&self, operation: String, source: BackendError) -> Error {
        Error::Handler { handler: self.name.clone(), operation, source }
    }
}

impl fmt::Debug for Handler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handler").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Handlers are shared by the cache and by whatever is under way on them.
pub(crate) type SharedHandler = Arc<Handler>;
