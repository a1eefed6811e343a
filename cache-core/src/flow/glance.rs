//! A look into a store of bytes that answers at once, without a future and without a copy of what may not be given.
//!
//! The store holds on to what it shows, so a value is decoded while it does only where that is a copy of memory. Everything else is
//! copied out first, into room that the thread keeps: decoding it is code of the user's, which may take long, panic, or call
//! a cached function.

use std::cell::Cell;

use super::look::{Request, has_tags};
use crate::backend::Epochs;
use crate::cache::Handler;
use crate::form::bytes::{Goal, Payload, Reader};

/// How much room a thread keeps, in bytes.
const KEPT: usize = 64 << 10;

thread_local! {
    /// Room for a payload. It is taken while it is in use, so a call from inside of a decoder has room of its own.
    static ROOM: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// What a glance comes to.
pub(super) enum Glimpse {
    /// The value is where it was to be.
    Value,
    Nothing,
    Unknown,
}

/// What was shown.
enum Shown {
    Nothing,
    Value,
    /// Its payload is in the room.
    Copied(Payload),
}

/// Puts what is stored for `request` where it is to be, if the store can show it.
pub(super) fn glance(handler: &Handler, request: &Request<'_>, mut goal: Goal<'_>) -> Glimpse {
    if !handler.is_ready_at_once() {
        return Glimpse::Unknown;
    }
    // The first of a type runs code of the user's.
    let Some(reader) = request.codec.reader() else { return Glimpse::Unknown };
    let now = handler.clock.wall();
    let (mut shown, mut room) = (Shown::Nothing, Vec::new());
    let looked = handler.backend().glance(&request.key, now, &mut |bytes, epochs| {
        shown = read(&reader, request, bytes, epochs, now, &mut room, &mut goal);
    });
    match shown {
        _ if !looked => Glimpse::Unknown,
        Shown::Nothing => Glimpse::Nothing,
        Shown::Value => Glimpse::Value,
        Shown::Copied(payload) => {
            let is_there = payload.decode(&room, &mut goal);
            give_back(room);
            if is_there { Glimpse::Value } else { Glimpse::Nothing }
        }
    }
}

/// The value in `bytes`, if it is one of this key and type, fresh, and invalidated by nothing.
fn read(
    reader: &Reader,
    request: &Request<'_>,
    bytes: &[u8],
    epochs: Epochs<'_>,
    now: u64,
    room: &mut Vec<u8>,
    goal: &mut Goal<'_>,
) -> Shown {
    let Some(opened) = reader.open(&request.key, bytes) else { return Shown::Nothing };
    let validity = &opened.validity;
    if now >= validity.fresh_until || !has_tags(request, validity) || !validity.is_current(&request.key, epochs) {
        return Shown::Nothing;
    }
    if opened.payload.is_raw() {
        return if opened.payload.decode(opened.bytes, goal) { Shown::Value } else { Shown::Nothing };
    }
    // Where the thread ends already there is none.
    *room = ROOM.try_with(Cell::take).unwrap_or_default();
    room.clear();
    room.extend_from_slice(opened.bytes);
    Shown::Copied(opened.payload)
}

fn give_back(room: Vec<u8>) {
    if room.capacity() <= KEPT {
        let _ = ROOM.try_with(|kept| kept.set(room));
    }
}
