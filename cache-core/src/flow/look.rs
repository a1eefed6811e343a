//! Looking into a handler: what is stored and may be given, or what a run has to remember to store its result.

use std::future::Future;
use std::mem::take;
use std::pin::Pin;

use smallvec::SmallVec;

use super::valid::{Valid, valid, valid_by_others};
use super::witness::Witness;
use crate::backend::Look;
use crate::cache::{Handler, LONGEST_RUN};
use crate::entry::Object;
use crate::epoch::{Epoch, EpochName};
use crate::error::BackendError;
use crate::form::{Codec, remembered_until};
use crate::key::Key;
use crate::pinned::boxed;
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
    /// Nothing that may be given. For a run: what it has to remember. On the heap, as hits take the same way.
    Miss(Option<Box<Witness>>),
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
    let since = since.unwrap_or_else(|| handler.clock.now());
    let mut names = watch(request);
    let found = match handler.ask_since(handler.backend().look(&request.key, &names), since).await {
        Ok(mut found) => looked(handler, request, purpose, &mut names, &mut found, since),
        Err(error) => Err(error),
    };
    let looked = match found {
        Ok(Found::Looked(looked)) => Ok(looked),
        Ok(Found::Asks(further)) => further.await,
        Err(error) => Err(error),
    };
    handler.answered("a look", looked).unwrap_or(Looked::Away)
}

/// What a look comes to by what was found.
enum Found<'a> {
    Looked(Looked),
    /// That takes further questions.
    Asks(Pin<Box<dyn Future<Output = Result<Looked, BackendError>> + Send + 'a>>),
}

/// What was found is in no future: each that it is moved through would have room for it.
fn looked<'a>(
    handler: &'a Handler,
    request: &'a Request<'_>,
    purpose: Purpose,
    names: &mut Names<'a>,
    found: &mut Look,
    since: u64,
) -> Result<Found<'a>, BackendError> {
    let ticket = found.ticket.take();
    let valid = match purpose {
        Purpose::Overwrite => Valid::Not,
        Purpose::Read | Purpose::Run => valid(handler, request, names, found, ticket),
    };
    match valid {
        Valid::Value(value) => Ok(Found::Looked(Looked::Hit(value))),
        Valid::Not if purpose == Purpose::Read => Ok(Found::Looked(Looked::Miss(None))),
        // Most misses: all that a run has to remember is here.
        Valid::Not if found.epochs.iter().all(Option::is_some) => {
            let epochs = take(&mut found.epochs).into_iter().flatten().collect();
            let witness = remembering(request, names, found, epochs, (since, handler.clock.wall()))?;
            Ok(Found::Looked(Looked::Miss(Some(witness))))
        }
        Valid::Not | Valid::Unknown => {
            let unknown = matches!(valid, Valid::Unknown);
            // The machine's date is asked for by runs only, which begin behind it: most often a look is all.
            let saw = Saw { names: take(names), found: take(found), since: (since, handler.clock.wall()) };
            Ok(Found::Asks(Box::pin(look_further(handler, request, purpose, saw, unknown))))
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
pub(crate) async fn before_write(handler: &Handler, request: &Request<'_>) -> Result<Box<Witness>, BackendError> {
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
) -> Result<Box<Witness>, BackendError> {
    let known: Option<Vec<Epoch>> = found.epochs.iter().copied().collect();
    let epochs = match known {
        Some(epochs) => epochs,
        // They live as long as a run may last; storing its result extends them.
        None => handler.ask(handler.backend().epochs(names, Life::of(LONGEST_RUN))).await?,
    };
    remembering(request, names, &found, epochs, since)
}

/// What a run has to remember of what was found, under these epochs.
fn remembering(
    request: &Request<'_>,
    names: &[EpochName<'_>],
    found: &Look,
    epochs: Vec<Epoch>,
    since: (u64, u64),
) -> Result<Box<Witness>, BackendError> {
    let remembered = found.stored.as_ref().and_then(|stored| remembered_until(&request.key, stored));
    let epochs = one_for_each(names, epochs)?;
    Ok(boxed(|| Witness { seen: found.seen(), epochs, since, remembered: remembered.unwrap_or(0) }))
}

/// What a handler gave, if that is an epoch for each name.
pub(super) fn one_for_each(names: &[EpochName<'_>], epochs: Vec<Epoch>) -> Result<Vec<Epoch>, BackendError> {
    if epochs.len() == names.len() {
        return Ok(epochs);
    }
    Err(BackendError::new("the handler gave fewer epochs than it was asked for"))
}
