//! Looking into a handler: what is stored and may be given, or what a run has to remember to store its result.

use crate::backend::{Look, When};
use crate::cache::{Handler, LONGEST_RUN};
use crate::entry::{Form, Object, Seen, Stored, Validity};
use crate::epoch::{Epoch, EpochName};
use crate::form::Codec;
use crate::key::Key;
use crate::stats::Count;
use crate::ttl::Life;

/// What is asked for: a key, its tags, and how its values are kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'a> {
    pub(crate) key: Key<'a>,
    pub(crate) tags: &'a [String],
    pub(crate) codec: Codec,
}

/// What a look gives.
#[derive(Debug)]
pub(crate) enum Looked {
    /// The value that is stored, and fresh.
    Hit(Object),
    /// Nothing that may be given.
    Miss(Witness),
    /// The handler failed, or is being left alone after a failure.
    Away,
}

/// What a look saw before a run: the run's result is stored only if all of it still stands.
#[derive(Clone, Debug)]
pub(crate) struct Witness {
    seen: Seen,
    /// The epochs of the handler, of the space, of patterns and of the tags, in the order of [`watch`].
    epochs: Vec<Epoch>,
    since: u64,
}

/// The epochs that an entry of `request` depends on: the handler's, its space's, that of clearing by pattern if a
/// pattern could match it, and one for each tag.
pub(crate) fn watch<'a>(request: &Request<'a>) -> Vec<EpochName<'a>> {
    let key = &request.key;
    let own = key.space().epoch().map(EpochName::borrowed);
    let patterns = key.has_subject().then_some(EpochName::PATTERNS);
    let tags = request.tags.iter().map(|tag| EpochName::tag(tag));
    std::iter::once(EpochName::HANDLER).chain(own).chain(patterns).chain(tags).collect()
}

/// The handler's and the space's epoch as one number. Both are random, so it differs when one of them does.
pub(crate) fn joint(handler: Epoch, space: Option<Epoch>) -> u128 {
    handler.0 ^ space.map_or(0, |space| space.0.rotate_left(1))
}

/// What an entry of `request` records: its times from `now` on, and `epochs`, the numbers of `names` (see [`watch`]).
pub(crate) fn recorded(
    request: &Request<'_>,
    names: &[EpochName<'_>],
    epochs: &[Epoch],
    now: u64,
    life: Life,
) -> Validity {
    let space = request.key.space().epoch().and_then(|_| epochs.get(1).copied());
    let epoch = joint(epochs.first().copied().unwrap_or(Epoch(0)), space);
    let first_tag = names.len() - request.tags.len();
    let tags = request.tags.iter().cloned().zip(epochs.iter().skip(first_tag).copied()).collect();
    Validity { created: now, fresh_until: life.ends(now), epoch, tags }
}

impl Validity {
    /// Whether the epochs that this entry records are still those of its handler, space and tags.
    pub fn is_current(&self, key: &Key<'_>, mut current: impl FnMut(&EpochName<'_>) -> Option<Epoch>) -> bool {
        let Some(handler) = current(&EpochName::HANDLER) else {
            return false;
        };
        let space = match key.space().epoch() {
            Some(name) => match current(name) {
                Some(epoch) => Some(epoch),
                None => return false,
            },
            None => None,
        };
        joint(handler, space) == self.epoch
            && self.tags.iter().all(|(tag, epoch)| current(&EpochName::tag(tag)) == Some(*epoch))
    }
}

/// A value that can be had without waiting.
pub(crate) fn peek(handler: &Handler, request: &Request<'_>) -> Option<Object> {
    let mut found = None;
    handler.backend().peek(&request.key, &mut |entry| {
        if handler.clock.now() < entry.validity.fresh_until {
            found = Some(Object::clone(&entry.value));
        }
    });
    found
}

/// Why a look is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// For the value, and nothing else.
    Read,
    /// For the value, or else for a run.
    Run,
    /// For a run, whatever is stored.
    Overwrite,
}

/// Looks for `request` in `handler`. For a run to come the epochs that are missing are made.
pub(crate) async fn look(handler: &Handler, request: &Request<'_>, purpose: Purpose) -> Looked {
    if !handler.is_ready().await {
        return Looked::Away;
    }
    let since = handler.clock.now();
    let names = watch(request);
    let reply = handler.backend().look(&request.key, &names);
    let Some(Look { stored, seen, epochs }) = handler.look_with("a look", reply).await else {
        return Looked::Away;
    };
    match purpose {
        Purpose::Overwrite => {}
        Purpose::Read | Purpose::Run => {
            if let Some(value) = valid(handler, request, &names, stored.as_ref(), &epochs).await {
                return Looked::Hit(value);
            }
        }
    }
    if purpose == Purpose::Read {
        return Looked::Miss(Witness { seen, epochs: Vec::new(), since });
    }
    let complete: Option<Vec<Epoch>> = if epochs.len() == names.len() { epochs.into_iter().collect() } else { None };
    let epochs = match complete {
        Some(epochs) => epochs,
        None => {
            // They live as long as a run may last; storing its result extends them.
            let reply = handler.backend().epochs(&names, Life::of(LONGEST_RUN));
            match handler.look_with("reading epochs", reply).await {
                Some(epochs) if epochs.len() == names.len() => epochs,
                _ => return Looked::Away,
            }
        }
    };
    Looked::Miss(Witness { seen, epochs, since })
}

/// The value of `stored`, if it is one of this key and type, fresh, and invalidated by nothing.
async fn valid(
    handler: &Handler,
    request: &Request<'_>,
    names: &[EpochName<'_>],
    stored: Option<&Stored>,
    epochs: &[Option<Epoch>],
) -> Option<Object> {
    let thawed = request.codec.thaw(&request.key, stored?)?;
    let validity = thawed.validity();
    let backend = handler.backend();
    let timed = backend.form() == Form::Bytes && backend.keeps_time();
    if !timed && handler.time() >= validity.fresh_until {
        return None;
    }
    // A tag that was added to the function since: what was stored without it would not be invalidated by it.
    if !request.tags.iter().all(|tag| validity.tags.iter().any(|(stored, _)| stored == tag)) {
        return None;
    }
    let mut known: Vec<(EpochName<'_>, Option<Epoch>)> =
        names.iter().map(EpochName::borrowed).zip(epochs.iter().copied()).collect();
    let others: Vec<EpochName<'_>> =
        (validity.tags.iter()).map(|(tag, _)| EpochName::tag(tag)).filter(|name| !names.contains(name)).collect();
    if !others.is_empty() {
        let current = handler.look_with("reading epochs", backend.current(&others)).await?;
        known.extend(others.iter().map(EpochName::borrowed).zip(current));
    }
    let current = |name: &EpochName<'_>| known.iter().find(|(known, _)| known == name).and_then(|(_, epoch)| *epoch);
    if !validity.is_current(&request.key, current) {
        return None;
    }
    thawed.value()
}

/// How storing a result went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Committed {
    /// What the look saw still stands, and so does the result.
    Stands,
    /// Something was invalidated or stored in between.
    Overtaken,
    /// It could not be found out.
    Unknown,
}

impl Witness {
    /// Whether the slot was empty.
    pub(crate) const fn saw_nothing(&self) -> bool {
        self.seen.is_nothing()
    }

    /// Whether the run took so long that an invalidation may have come and left no trace.
    fn is_too_old(&self, handler: &Handler) -> bool {
        let age = handler.clock.now().saturating_sub(self.since);
        u128::from(age) >= LONGEST_RUN.as_millis()
    }

    /// The part of the epochs that a write checks: that of patterns, where a pattern could match the key.
    fn when<'a>(&'a self, request: &Request<'_>, patterns: &'a EpochName<'a>) -> When<'a> {
        let at = 1 + usize::from(request.key.space().epoch().is_some());
        let epoch = request.key.has_subject().then(|| self.epochs.get(at)).flatten();
        When::Unchanged { seen: &self.seen, epoch: epoch.map(|epoch| (patterns, *epoch)) }
    }

    /// Stores `value` for `life`, if what was seen still stands.
    pub(crate) async fn store(
        &self,
        handler: &Handler,
        request: &Request<'_>,
        value: &Object,
        life: Life,
    ) -> Committed {
        if self.is_too_old(handler) {
            return Committed::Overtaken;
        }
        let names = watch(request);
        let now = handler.time();
        let validity = recorded(request, &names, &self.epochs, now, life);
        let backend = handler.backend();
        let stored = match request.codec.freeze(backend.form(), &request.key, value, validity) {
            Ok(stored) => stored,
            Err(reason) => {
                handler.counters.add(Count::Error);
                log::warn!("handler `{}` does not keep `{}`: {reason}", handler.name(), request.key.label());
                return self.stands(handler, request).await;
            }
        };
        if handler.write_with("keeping epochs", backend.extend(&names, life)).await.is_none() {
            return Committed::Unknown;
        }
        let patterns = EpochName::PATTERNS;
        let written = backend.put((&request.key).into(), Some(stored), life, self.when(request, &patterns));
        match handler.write_with("storing a result", written).await {
            Some(true) => {
                handler.counters.add(Count::Store);
                self.epochs_stand(handler, &names).await
            }
            Some(false) => Committed::Overtaken,
            None => Committed::Unknown,
        }
    }

    /// Empties the slot, if what was seen still stands.
    pub(crate) async fn remove(&self, handler: &Handler, request: &Request<'_>) -> Committed {
        if self.is_too_old(handler) {
            return Committed::Overtaken;
        }
        let patterns = EpochName::PATTERNS;
        let slot = (&request.key).into();
        let removed = handler.backend().put(slot, None, Life::NONE, self.when(request, &patterns));
        match handler.write_with("removing a result", removed).await {
            Some(true) => self.epochs_stand(handler, &watch(request)).await,
            Some(false) => Committed::Overtaken,
            None => Committed::Unknown,
        }
    }

    /// Whether nothing was invalidated or stored since the look.
    pub(crate) async fn stands(&self, handler: &Handler, request: &Request<'_>) -> Committed {
        match handler.write_with("a look", handler.backend().holds(&request.key, &self.seen)).await {
            Some(true) => self.epochs_stand(handler, &watch(request)).await,
            Some(false) => Committed::Overtaken,
            None => Committed::Unknown,
        }
    }

    async fn epochs_stand(&self, handler: &Handler, names: &[EpochName<'_>]) -> Committed {
        match handler.write_with("reading epochs", handler.backend().current(names)).await {
            Some(epochs) if self.matches(&epochs) => Committed::Stands,
            Some(_) => Committed::Overtaken,
            None => Committed::Unknown,
        }
    }

    fn matches(&self, epochs: &[Option<Epoch>]) -> bool {
        epochs.iter().copied().eq(self.epochs.iter().copied().map(Some))
    }
}
