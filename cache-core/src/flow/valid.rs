//! Whether what was found may be given: a value of this key and type, fresh, and invalidated by nothing.

use super::look::Request;
use crate::backend::{Look, Ticket};
use crate::cache::Handler;
use crate::entry::{Form, Object, Validity};
use crate::epoch::{Epoch, EpochName};
use crate::error::BackendError;
use crate::form::Thawed;
use crate::key::Key;

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

/// Whether an entry has the tags of `request`. One may have been added to the function since: what was stored without it
/// would not be invalidated by it.
pub(super) fn has_tags(request: &Request<'_>, validity: &Validity) -> bool {
    request.tags.iter().all(|tag| validity.tags.iter().any(|(stored, _)| stored == tag))
}

/// Whether what was found may be given.
pub(super) enum Valid {
    Value(Object),
    Not,
    /// It depends on epochs that were not watched.
    Unknown,
}

/// The value that was found, if it is one of this key and type, fresh, and invalidated by nothing. It is kept near, where the
/// store does that: a ticket is of what was watched.
pub(super) fn valid(
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
pub(super) async fn valid_by_others(
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
