//! A look into a store of bytes that answers at once, without a future and without a copy of what may not be given.
//!
//! The store holds on to what it shows, so a value is decoded while it does only where that is a copy of memory. Everything else is
//! copied out first, into room that the thread keeps: decoding it is code of the user's, which may take long, panic, or call
//! a cached function.

use std::cell::Cell;

use super::look::Request;
use super::valid::has_tags;
use crate::backend::Epochs;
use crate::cache::Handler;
use crate::form::bytes::{Goal, Opened, Payload, Reader};

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
    let asked = Asked { reader, request };
    let (mut shown, mut room) = (Shown::Nothing, Vec::new());
    let looked = handler.backend().glance(&request.key, &mut |bytes, now, epochs| {
        shown = asked.read(bytes, now, epochs, &mut room, &mut goal);
    });
    let glimpse = match shown {
        _ if !looked => Glimpse::Unknown,
        Shown::Nothing => Glimpse::Nothing,
        Shown::Value => Glimpse::Value,
        Shown::Copied(payload) if payload.decode(&room, &mut goal) => Glimpse::Value,
        Shown::Copied(_) => Glimpse::Nothing,
    };
    give_back(room);
    glimpse
}

/// What is asked for.
struct Asked<'a> {
    reader: Reader,
    request: &'a Request<'a>,
}

impl Asked<'_> {
    /// The value in `bytes`.
    fn read(&self, bytes: &[u8], now: u64, epochs: Epochs<'_>, room: &mut Vec<u8>, goal: &mut Goal<'_>) -> Shown {
        let Some(opened) = self.sound(bytes, now, epochs) else { return Shown::Nothing };
        if opened.payload.is_raw() {
            return shown(opened.payload.decode(opened.bytes, goal));
        }
        copy(opened.bytes, room);
        Shown::Copied(opened.payload)
    }

    /// What is in `bytes`, if it is of this key and type, fresh `now`, and invalidated by nothing.
    fn sound<'b>(&self, bytes: &'b [u8], now: u64, epochs: Epochs<'_>) -> Option<Opened<'b>> {
        let opened = self.reader.open(&self.request.key, bytes)?;
        let Opened { validity, .. } = &opened;
        let is_fresh = now < validity.fresh_until && has_tags(self.request, validity);
        (is_fresh && validity.is_current(&self.request.key, epochs)).then_some(opened)
    }
}

const fn shown(is_there: bool) -> Shown {
    if is_there { Shown::Value } else { Shown::Nothing }
}

/// Copies `bytes` into the room that the thread keeps; where it ends already there is none.
fn copy(bytes: &[u8], room: &mut Vec<u8>) {
    *room = ROOM.try_with(Cell::take).unwrap_or_default();
    room.clear();
    room.extend_from_slice(bytes);
}

fn give_back(room: Vec<u8>) {
    if (1..=KEPT).contains(&room.capacity()) {
        let _ = ROOM.try_with(|kept| kept.set(room));
    }
}
