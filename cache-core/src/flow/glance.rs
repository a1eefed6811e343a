//! A look into a store of bytes that answers at once, without a future and without a copy of what may not be given.
//!
//! The store holds on to what it shows, so a value is decoded while it does only where that is a copy of memory. Everything else is
//! copied out first, into room that the thread keeps: decoding it is code of the user's, which may take long, panic, or call
//! a cached function.

use std::cell::Cell;

use super::AtOnce;
use super::look::{Request, has_tags};
use crate::backend::Epochs;
use crate::cache::Handler;
use crate::entry::Object;
use crate::form::bytes::{Payload, Reader};

/// How much room a thread keeps, in bytes.
const KEPT: usize = 64 << 10;

thread_local! {
    /// Room for a payload. It is taken while it is in use, so a call from inside of a decoder has room of its own.
    static ROOM: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// What was shown.
enum Shown {
    Nothing,
    Value(Object),
    /// Its payload is in the room.
    Copied(Payload),
}

/// What is stored for `request`, where the store can show it.
pub(super) fn glance(handler: &Handler, request: &Request<'_>) -> AtOnce {
    if !handler.is_ready_at_once() {
        return AtOnce::Unknown;
    }
    // The first of a type runs code of the user's.
    let Some(reader) = request.codec.reader() else { return AtOnce::Unknown };
    let now = handler.clock.wall();
    let (mut shown, mut room) = (Shown::Nothing, Vec::new());
    let looked = handler.backend().glance(&request.key, now, &mut |bytes, epochs| {
        shown = read(&reader, request, bytes, epochs, now, &mut room);
    });
    match shown {
        _ if !looked => AtOnce::Unknown,
        Shown::Nothing => AtOnce::Nothing,
        Shown::Value(value) => AtOnce::Value(value),
        Shown::Copied(payload) => {
            let value = payload.value(&room);
            give_back(room);
            value.map_or(AtOnce::Nothing, AtOnce::Value)
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
) -> Shown {
    let Some(opened) = reader.open(&request.key, bytes) else { return Shown::Nothing };
    let validity = &opened.validity;
    if now >= validity.fresh_until || !has_tags(request, validity) || !validity.is_current(&request.key, epochs) {
        return Shown::Nothing;
    }
    if opened.payload.is_raw() {
        return opened.payload.value(opened.bytes).map_or(Shown::Nothing, Shown::Value);
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
