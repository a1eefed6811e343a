//! Looking into a handler: what is stored and may be given, or what a run has to remember to store its result.

use smallvec::SmallVec;

use super::witness::Witness;
use crate::backend::{Look, Ticket};
use crate::cache::{Handler, LONGEST_RUN};
use crate::entry::{Form, Object, Validity};
use crate::epoch::{Epoch, EpochName};
use crate::error::BackendError;
use crate::form::{Codec, Thawed, remembered_until};
use crate::key::Key;
use crate::ttl::Life;

/// What is asked for: a key, its tags, and how its values are kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'a> {
    pub(crate) key: Key<'a>,
    pub(crate) tags: &'a [EpochName<'static>],
    pub(crate) codec: &'static Codec,
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

/// What a look gives.
#[derive(Debug)]
pub(crate) enum Looked {
    /// The value that is stored, and fresh.
    Hit(Object),
    /// Nothing that may be given. For a run: what it has to remember.
    Miss(Option<Witness>),
    /// The handler failed, or is being left alone after a failure.
    Away,
}

/// What is watched: mostly two.
pub(super) type Names<'a> = SmallVec<[EpochName<'a>; 4]>;

/// The epochs that an entry of `request` depends on: the handler's, its space's, that of clearing by pattern if a
/// pattern could match it, and one for each tag.
pub(super) fn watch<'a>(request: &Request<'a>) -> Names<'a> {
    let mut names = Names::new();
    names.push(EpochName::HANDLER);
    if let Some(own) = request.key.space().epoch() {
        names.push(own.borrowed());
    }
    if request.key.has_subject() {
        names.push(EpochName::PATTERNS);
    }
    for tag in request.tags {
        names.push(tag.borrowed());
    }
    names
}

impl Validity {
    /// The handler's and the space's epoch as one number. Both are random, so it differs when one of them does.
    #[must_use]
    pub fn joint(handler: Epoch, space: Option<Epoch>) -> u128 {
        handler.0 ^ space.map_or(0, |space| space.0.rotate_left(1))
    }

    /// Whether the epochs that this entry records are still those of its handler, space and tags.
    pub fn is_current(&self, key: &Key<'_>, mut current: impl FnMut(&EpochName<'_>) -> Option<Epoch>) -> bool {
        let Some(handler) = current(&EpochName::HANDLER) else { return false };
        let space = match key.space().epoch() {
            Some(name) => match current(name) {
                Some(epoch) => Some(epoch),
                None => return false,
            },
            None => None,
        };
        Self::joint(handler, space) == self.epoch && self.tags.iter().all(|(tag, epoch)| current(tag) == Some(*epoch))
    }
}

/// A value that can be had without waiting.
pub(crate) fn peek(handler: &Handler, request: &Request<'_>) -> Option<Object> {
    let mut found = None;
    show(handler, request, |value| found = Some(Object::clone(value)));
    found
}

/// Shows `take` a value that can be had without waiting, where it lies.
pub(super) fn show(handler: &Handler, request: &Request<'_>, mut take: impl FnMut(&Object)) {
    // What is owed has to be settled before anything is read; a look does that.
    if handler.owes() {
        return;
    }
    handler.backend().peek(&request.key, &mut |entry| {
        let is_fresh = || entry.validity.fresh_until == u64::MAX || handler.clock.now() < entry.validity.fresh_until;
        if request.codec.is_of(&entry.value) && is_fresh() {
            take(&entry.value);
        }
    });
}

/// Looks for `request` in `handler`. A failure is logged and counted, and makes the handler be skipped for a while.
///
/// All that is seldom is boxed, here and below: this is part of the future of every call that waits.
pub(crate) async fn look(handler: &Handler, request: &Request<'_>, purpose: Purpose) -> Looked {
    look_since(handler, request, purpose, None).await
}

/// [`look`] of a caller who noted at `since` that it is about to, by the clock of the handler.
pub(crate) async fn look_since(
    handler: &Handler,
    request: &Request<'_>,
    purpose: Purpose,
    mut since: Option<u64>,
) -> Looked {
    if !handler.is_ready_at_once() {
        if !Box::pin(handler.is_ready()).await {
            return Looked::Away;
        }
        // That may have taken a while.
        since = None;
    }
    let looked = try_look(handler, request, purpose, since).await;
    handler.answered("a look", looked).unwrap_or(Looked::Away)
}

/// [`look`], with its failure.
async fn try_look(
    handler: &Handler,
    request: &Request<'_>,
    purpose: Purpose,
    since: Option<u64>,
) -> Result<Looked, BackendError> {
    let since = since.unwrap_or_else(|| handler.clock.now());
    let names = watch(request);
    let mut found = handler.ask_since(handler.backend().look(&request.key, &names), since).await?;
    let ticket = found.ticket.take();
    let valid = match purpose {
        Purpose::Overwrite => Valid::Not,
        Purpose::Read | Purpose::Run => valid(handler, request, &names, &found, ticket),
    };
    match valid {
        Valid::Value(value) => Ok(Looked::Hit(value)),
        Valid::Not if purpose == Purpose::Read => Ok(Looked::Miss(None)),
        // Most misses: all that a run has to remember is here.
        Valid::Not if found.epochs.iter().all(Option::is_some) => {
            let epochs = std::mem::take(&mut found.epochs).into_iter().flatten().collect();
            Ok(Looked::Miss(Some(remembering(request, &names, found, epochs, (since, handler.clock.wall()))?)))
        }
        Valid::Not | Valid::Unknown => {
            let unknown = matches!(valid, Valid::Unknown);
            // The machine's date is asked for by runs only, which begin behind it: most often a look is all.
            let since = (since, handler.clock.wall());
            Box::pin(look_further(handler, request, purpose, Saw { names, found, since }, unknown)).await
        }
    }
}

/// What a look saw that gave no value.
struct Saw<'a> {
    names: Names<'a>,
    found: Look,
    since: (u64, u64),
}

/// A look that has to ask more: `unknown` if what was found may be valid, by epochs that were not watched.
async fn look_further(
    handler: &Handler,
    request: &Request<'_>,
    purpose: Purpose,
    saw: Saw<'_>,
    unknown: bool,
) -> Result<Looked, BackendError> {
    let Saw { names, found, since } = saw;
    if unknown && let Some(value) = valid_by_others(handler, request, &names, &found).await? {
        return Ok(Looked::Hit(value));
    }
    if purpose == Purpose::Read {
        return Ok(Looked::Miss(None));
    }
    Ok(Looked::Miss(Some(witness(handler, request, &names, found, since).await?)))
}

/// What a write over whatever is stored has to remember.
pub(crate) async fn before_write(handler: &Handler, request: &Request<'_>) -> Result<Witness, BackendError> {
    let since = handler.times();
    let names = watch(request);
    let found = handler.ask(handler.backend().look(&request.key, &names)).await?;
    witness(handler, request, &names, found, since).await
}

async fn witness(
    handler: &Handler,
    request: &Request<'_>,
    names: &[EpochName<'_>],
    found: Look,
    since: (u64, u64),
) -> Result<Witness, BackendError> {
    let known: Option<Vec<Epoch>> = found.epochs.iter().copied().collect();
    let epochs = match known {
        Some(epochs) => epochs,
        // They live as long as a run may last; storing its result extends them.
        None => handler.ask(handler.backend().epochs(names, Life::of(LONGEST_RUN))).await?,
    };
    remembering(request, names, found, epochs, since)
}

/// What a run has to remember of what was found, under these epochs.
fn remembering(
    request: &Request<'_>,
    names: &[EpochName<'_>],
    found: Look,
    epochs: Vec<Epoch>,
    since: (u64, u64),
) -> Result<Witness, BackendError> {
    let remembered = found.stored.as_ref().and_then(|stored| remembered_until(&request.key, stored));
    let epochs = one_for_each(names, epochs)?;
    Ok(Witness { seen: found.seen, epochs, since, remembered: remembered.unwrap_or(0) })
}

/// What a handler gave, if that is an epoch for each name.
pub(super) fn one_for_each(names: &[EpochName<'_>], epochs: Vec<Epoch>) -> Result<Vec<Epoch>, BackendError> {
    if epochs.len() == names.len() {
        return Ok(epochs);
    }
    Err(BackendError::new("the handler gave fewer epochs than it was asked for"))
}

/// Whether an entry has the tags of `request`. One may have been added to the function since: what was stored without it
/// would not be invalidated by it.
pub(super) fn has_tags(request: &Request<'_>, validity: &Validity) -> bool {
    request.tags.iter().all(|tag| validity.tags.iter().any(|(stored, _)| stored == tag))
}

/// Whether what was found may be given.
enum Valid {
    Value(Object),
    Not,
    /// It depends on epochs that were not watched.
    Unknown,
}

/// The value that was found, if it is one of this key and type, fresh, and invalidated by nothing. It is kept near, where the
/// store does that: a ticket is of what was watched.
fn valid(
    handler: &Handler,
    request: &Request<'_>,
    names: &[EpochName<'_>],
    found: &Look,
    ticket: Option<Ticket>,
) -> Valid {
    let Some(thawed) = fresh(handler, request, found) else { return Valid::Not };
    let validity = thawed.validity();
    if not_among(names, validity).next().is_some() {
        return Valid::Unknown;
    }
    if !validity.is_current(&request.key, |name| among(names, &found.epochs, name)) {
        return Valid::Not;
    }
    let Some(value) = thawed.value() else { return Valid::Not };
    if let Some(ticket) = ticket {
        let entry = request.codec.entry(Object::clone(&value), validity.clone());
        handler.backend().keep(&request.key, entry, ticket);
    }
    Valid::Value(value)
}

/// The same of an entry that has tags which are not those of `request`. It is not kept near.
async fn valid_by_others(
    handler: &Handler,
    request: &Request<'_>,
    names: &[EpochName<'_>],
    found: &Look,
) -> Result<Option<Object>, BackendError> {
    let Some(thawed) = fresh(handler, request, found) else { return Ok(None) };
    let others: Vec<EpochName<'_>> = not_among(names, thawed.validity()).collect();
    let theirs = handler.ask(handler.backend().current(&others)).await?;
    let current = |name: &EpochName<'_>| among(names, &found.epochs, name).or_else(|| among(&others, &theirs, name));
    Ok(thawed.validity().is_current(&request.key, current).then(|| thawed.value()).flatten())
}

/// What was found, if it is one of this key and type, has its tags, and is fresh.
fn fresh<'f>(handler: &Handler, request: &Request<'_>, found: &'f Look) -> Option<Thawed<'f>> {
    let thawed = request.codec.thaw(&request.key, found.stored.as_ref()?)?;
    let validity = thawed.validity();
    // A store that ends lives by its own clock is believed, unless it was told to keep the slot for longer.
    let timed =
        handler.form() == Form::Bytes && handler.backend().keeps_time() && validity.kept_until == validity.fresh_until;
    let fresh = timed || handler.time() < validity.fresh_until;
    (fresh && has_tags(request, validity)).then_some(thawed)
}

/// The tags of an entry that are not among `names`.
fn not_among<'a>(names: &'a [EpochName<'_>], validity: &'a Validity) -> impl Iterator<Item = EpochName<'a>> {
    validity.tags.iter().map(|(tag, _)| tag.borrowed()).filter(|name| !names.contains(name))
}

/// The epoch of `name`, which has the place of its own in both.
fn among(names: &[EpochName<'_>], epochs: &[Option<Epoch>], name: &EpochName<'_>) -> Option<Epoch> {
    let at = names.iter().position(|known| known == name)?;
    epochs.get(at).copied().flatten()
}
