//! Setting a value in one round trip, on stores that give back what was in the slot.
//!
//! What is written over an invalidation has to keep the slot for as long as a run may last that began before it. What there
//! was is known only behind the write here, so where it has to be remembered for longer than was written, the value is written
//! once more. Until that has happened the key counts as one whose invalidation is owed: a caller that goes away in between, a
//! store that fails, or somebody else's write in between leave it invalidated. (A process that ends in between leaves a slot
//! that remembers for as long as the value is kept, a minute at least.)

use super::look::{Request, one_for_each, watch};
use super::witness::{Unwritten, Witness, Write};
use crate::cache::Handler;
use crate::entry::{Object, Seen};
use crate::form::remembered_beyond;
use crate::ttl::Life;

/// Stores `value` whatever is there; gives false where the store cannot do that in one step, and nothing was written.
pub(crate) async fn swap_in(
    handler: &Handler,
    request: &Request<'_>,
    value: &Object,
    life: Life,
) -> Result<bool, Unwritten> {
    let backend = handler.backend();
    if !backend.swaps() {
        return Ok(false);
    }
    let names = watch(request);
    let epochs = one_for_each(&names, handler.ask(backend.epochs(&names, life)).await?)?;
    // How old it is decides of results alone, of which this is none.
    let mut witness = Witness { seen: Seen::default(), epochs, since: (0, 0), remembered: 0 };
    let now = handler.time();
    let (stored, kept) = witness.frozen(handler, request, value, life, Write::Set, now)?;
    witness.seen = Seen::of(Some(&stored));
    let unfinished = handler.unfinished_key(request.key);
    let Some(before) = handler.ask(backend.swap(&request.key, stored, kept)).await? else {
        unfinished.done();
        return Ok(false);
    };
    let longer = before.and_then(|before| remembered_beyond(&request.key, &before, kept.ends(now)));
    witness.remembered = longer.unwrap_or(0);
    // By now the new value is there: its life began when the server had it.
    if longer.is_none()
        || witness.remembers(handler.time()) <= kept
        || witness.write(handler, request, value, life, Write::Set, handler.times()).await?.is_stored()
    {
        unfinished.done();
    }
    Ok(true)
}
