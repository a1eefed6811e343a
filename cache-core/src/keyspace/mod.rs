//! Keys that belong to no annotated function: the responses of a namespace. Whoever owns them goes through the flow by
//! hand, a step at a time, since what is run may go on when the caller has left (the body of a response is read after
//! its head was answered). Nothing here is part of the public interface.

mod namespace;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

pub use namespace::Namespace;

pub use crate::background::finish;
use smallvec::SmallVec;

use crate::cache::{Invalidation, SharedHandler};
use crate::clock::Clock;
use crate::entry::{Form, Object};
use crate::epoch::EpochName;
use crate::error::Result;
use crate::flow::{self, Call, Entered, Led, Looked, Purpose, Request, Run, look};
pub use crate::flow::{Ended, Followers, Inside};
use crate::form::Codec;
use crate::function::{Mode, Value};
use crate::key::{Key, Recorder, Space};
use crate::pattern::Pattern;
use crate::stats::{Count, Counters, Stats};
use crate::ttl::{Life, Ttl};
use crate::weigh::Weigh;

/// The keys of one namespace on one handler.
#[derive(Debug)]
pub struct Keyspace {
    space: Space,
    handler: SharedHandler,
    counters: Counters,
}

impl Keyspace {
    pub(crate) fn new(namespace: &str, handler: SharedHandler) -> Self {
        let counters = Counters::of_part(&handler.counters);
        Self { space: Space::responses(namespace), handler, counters }
    }

    /// The namespace.
    #[must_use]
    pub fn name(&self) -> &str {
        self.space.name()
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.counters
    }

    /// What happened to its keys.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.counters.stats()
    }

    /// Whether it is kept as objects in this process, so that nothing is waited for.
    #[must_use]
    pub fn is_in_memory(&self) -> bool {
        self.handler.form() == Form::Objects
    }

    /// The clock of its cache.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.handler.clock
    }

    /// How long a value is fresh that `ttl` is said of.
    #[must_use]
    pub fn life(&self, ttl: Ttl) -> Life {
        self.handler.life(ttl)
    }

    /// What is stored under `key` and can be had without waiting. It is not counted.
    #[must_use]
    pub fn peek(&self, key: &Recorder, codec: &'static Codec) -> Option<Object> {
        let call = self.call(key, &[], codec);
        flow::peek(call.handler, &call.request)
    }

    /// Counts a hit that [`Keyspace::peek`] gave.
    pub fn count_hit(&self) {
        self.counters.add_within(&self.handler.counters, Count::Hit);
    }

    /// Takes back what was counted for an answer that only says where to look on.
    pub fn discount(&self, coalesced: bool) {
        let count = if coalesced { Count::Coalesced } else { Count::Hit };
        self.counters.subtract_within(&self.handler.counters, count);
    }

    /// Drops everything that was stored with one of `tags`.
    ///
    /// # Errors
    /// When the handler cannot be reached; it is then done before the handler is read again.
    pub async fn invalidate_tags(&self, what: String, tags: Vec<EpochName<'static>>) -> Result<()> {
        self.handler.invalidate(what, Invalidation::Epochs(tags)).await
    }

    /// Drops what matches.
    ///
    /// # Errors
    /// As [`Keyspace::invalidate_tags`].
    pub async fn invalidate_matching(&self, pattern: &str) -> Result<()> {
        // Every target begins with a `/`. Said so, a pattern does not reach over into namespaces whose names begin alike.
        let target = match pattern.strip_prefix('?') {
            Some(rest) => format!("/{rest}"),
            None if pattern.starts_with('*') => format!("/{pattern}"),
            None => pattern.to_owned(),
        };
        // The name is no pattern.
        let name: String = self.name().chars().flat_map(|character| ['\\', character]).collect();
        let pattern = Pattern::new(&format!("{name}:{target}"));
        let what = format!("clearing what matches `{}:{target}`", self.name());
        self.handler.invalidate(what, Invalidation::Matching(pattern)).await
    }

    /// Drops everything.
    ///
    /// # Errors
    /// As [`Keyspace::invalidate_tags`].
    pub async fn clear(&self) -> Result<()> {
        let epochs = vec![EpochName::responses(self.name())];
        self.handler.invalidate(format!("clearing `{}`", self.name()), Invalidation::Epochs(epochs)).await
    }

    fn call<'a>(&'a self, key: &'a Recorder, tags: &'a [EpochName<'static>], codec: &'static Codec) -> Call<'a> {
        let request = Request { key: Key::new(&self.space, key.bytes()), tags, codec };
        Call::new(&self.handler, Some(&self.counters), request)
    }
}

/// How values of `V` are kept.
#[must_use]
pub const fn codec<V: Value + Weigh + serde::Serialize + serde::de::DeserializeOwned>() -> &'static Codec {
    const { &Codec::serde::<V>().weighed::<V>() }
}

/// What an entry is invalidated by; mostly one.
pub type Tags = SmallVec<[EpochName<'static>; 1]>;

/// One key, and what its entry depends on.
#[derive(Clone, Debug)]
pub struct Place {
    /// Where it is.
    pub keyspace: Arc<Keyspace>,
    /// What tells it from others.
    pub key: Recorder,
    /// What its entry is invalidated by.
    pub tags: Tags,
    /// How its value is kept.
    pub codec: &'static Codec,
}

/// What asking for a value came to.
#[derive(Debug)]
pub enum Answer {
    /// It is stored.
    Stored(Object),
    /// It is what a run gave that was under way.
    Coalesced(Object),
    /// The caller is to run, and to end what it was given.
    Run(Running),
}

impl Place {
    fn call(&self) -> Call<'_> {
        self.keyspace.call(&self.key, &self.tags, self.codec)
    }

    /// What is stored, without a run and without waiting for one.
    pub async fn read(&self) -> Option<Object> {
        let found = self.read_uncounted().await;
        self.call().count(if found.is_some() { Count::Hit } else { Count::Miss });
        found
    }

    /// The value, or the right to run for it. With `patience`, others wait for the run, and this caller for theirs: so
    /// long. Who waited in vain gets a run that nobody waits for.
    pub async fn enter(self, patience: Option<Duration>) -> Answer {
        let entered = {
            let call = Call { patience, ..self.call() };
            if patience.is_some() {
                flow::enter_waiting(&call, Mode::Cached, Led::Async, true).await
            } else {
                flow::lead(&call, None, Purpose::Run).await
            }
        };
        match entered {
            Entered::Value(object) => Answer::Stored(object),
            Entered::Coalesced(object) | Entered::Whole(object) => Answer::Coalesced(object),
            Entered::Run(run) => Answer::Run(Running(Box::new((run, self)))),
        }
    }

    /// [`Place::read`], not counted.
    pub async fn read_uncounted(&self) -> Option<Object> {
        let call = self.call();
        match look(call.handler, &call.request, Purpose::Read).await {
            Looked::Hit(object) => Some(object),
            Looked::Miss(_) | Looked::Away => None,
        }
    }

    /// Stores `value` whatever is there, under the epochs of this moment.
    ///
    /// # Errors
    /// When the handler cannot be reached.
    pub async fn set(&self, value: &Object, life: Life) -> Result<()> {
        let call = self.call();
        call.handler.set(&call.request, value, life).await
    }
}

/// The right to run, and the duty to end what waits for it. Dropped, it is handed to one who waits. It goes through many
/// hands, so what it consists of is on the heap.
pub struct Running(Box<(Run, Place)>);

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Running").field(self.place()).finish()
    }
}

impl Running {
    /// For which key.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.0.1
    }

    /// Whether its result can be stored: not where the handler was away when it began.
    #[must_use]
    pub const fn can_store(&self) -> bool {
        self.0.0.can_store()
    }

    /// Whether others can wait for it.
    #[must_use]
    pub const fn is_shared(&self) -> bool {
        self.0.0.is_led()
    }

    /// Those who wait for it, to be asked for later.
    #[must_use]
    pub fn followers(&self) -> Followers {
        self.0.0.followers()
    }

    /// Makes the calling thread be inside of this run, so that it does not wait for itself.
    #[must_use]
    pub fn inside(&self) -> Option<Inside> {
        self.0.0.inside()
    }

    /// Polls `future` inside of this run.
    pub async fn drive<F: Future>(&self, future: Pin<&mut F>) -> F::Output {
        flow::drive(Some(&self.0.0), future).await
    }

    /// Stores a value at another key of this place's keyspace and tags, under what this run saw. Nobody may ever
    /// invalidate that slot by its key.
    pub async fn store_beside(&self, key: &Recorder, value: &Object, life: Life) -> bool {
        let Place { keyspace, tags, codec, .. } = self.place();
        let call = keyspace.call(key, tags, codec);
        self.0.0.store_beside(call.handler, &call.request, value, life).await
    }

    /// Stores what the run gave, if it may, and answers those who waited.
    pub async fn end(self, ended: Ended) {
        let (run, place) = *self.0;
        flow::leave(&place.call(), run, ended).await;
    }
}
