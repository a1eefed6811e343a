//! Writing slots: if the slot still holds what was seen, in one transaction.

use std::sync::Arc;

use cache_core::key::Key;
use cache_core::{BackendError, Epoch, EpochName, Life, Reply, Seen, Slot, TOMBSTONE, When};

use super::answer::Wanted;
use super::name::Name;
use super::open::Open;
use super::queue::Queue;
use super::record::{NewRecord, NewValue, Record, Value};
use super::table::{Kind, Place};
use super::values::{LARGE, Written};
use super::writer::Writer;
use super::{Disk, EXPIRE, Part};

/// [`When`], with nothing borrowed.
pub(super) enum Whenever {
    Always,
    Absent,
    Unchanged { seen: Seen, epoch: Option<(EpochName<'static>, Epoch)> },
}

impl Whenever {
    pub(super) fn of(when: When<'_>) -> Self {
        match when {
            When::Always => Self::Always,
            When::Absent => Self::Absent,
            When::Unchanged { seen, epoch } => Self::Unchanged {
                seen: seen.clone(),
                epoch: epoch.map(|(name, number)| (name.clone().into_owned(), number)),
            },
        }
    }
}

/// A slot that is to be written to, and what it is to hold until when; nothing, to be emptied.
pub(super) struct Put {
    name: Name,
    bytes: Option<Vec<u8>>,
    ends: u64,
    when: Whenever,
}

/// What became of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Done {
    Stored,
    /// There was nothing to store, or its life had ended.
    Emptied,
    /// It was not allowed, or does not fit.
    Refused,
}

/// A value in the file that was written for it.
struct File {
    row: Vec<u8>,
    length: u64,
    generation: u64,
}

impl Put {
    pub(super) fn new(slot: &Slot<'_>, bytes: Option<Vec<u8>>, ends: u64, when: Whenever) -> Self {
        Self { name: Name::of(slot), bytes, ends, when }
    }

    fn is_large(&self) -> bool {
        self.name.kind() == Kind::Entry && self.bytes.as_ref().is_some_and(|bytes| bytes.len() >= LARGE)
    }

    /// Until when what is written is to be remembered as an invalidation; 0 if it is none.
    fn guarded(&self) -> u64 {
        let buries =
            self.name.kind() == Kind::Entry && self.bytes.as_ref().is_some_and(|bytes| bytes.starts_with(TOMBSTONE));
        if buries { self.ends } else { 0 }
    }
}

impl Disk {
    pub(super) fn put(&self, put: Put) -> Reply<'static, bool> {
        if !put.is_large() {
            let part = Arc::clone(&self.0);
            return self.0.write(move |open, writer| Ok(part.apply(open, writer, &put, None)? != Done::Refused));
        }
        self.blocking(move |part, wanted| part.put_in_file(put, wanted))
    }

    /// Empties a slot by a `tombstone`, and remembers for its life that it was invalidated, also when the tombstone is
    /// gone: a run that looked before must not store its result.
    pub(super) fn bury(&self, key: &Key<'_>, tombstone: Vec<u8>, life: Life) -> Reply<'static, ()> {
        let (part, name) = (Arc::clone(&self.0), Name::of(&Slot::Entry(key)));
        let ends = life.ends(part.clock.wall());
        self.0.write(move |_, writer| {
            let place = part.place(&name);
            if part.replace(writer, &place, Some((NewValue::Here(&tombstone), ends)), ends)? == Done::Refused {
                writer.forget();
            }
            Ok(())
        })
    }
}

impl Part {
    /// Writes a large value: its file first, and then the row that names it. Whoever goes away meanwhile may write something else
    /// to the slot, or invalidate it, and this must not come behind that.
    fn put_in_file(self: &Arc<Self>, put: Put, wanted: Option<Wanted>) -> Result<bool, BackendError> {
        self.environment.check_process()?;
        let length = put.bytes.as_ref().map_or(0, Vec::len) as u64;
        // What does not fit anyway takes no room in the meantime.
        if length > self.bounds.of(Queue::Entries).bytes {
            return self.write_now(self.clearing(put));
        }
        let address = self.place(&put.name).address;
        let (generation, values) = self.environment.values();
        let error = |error| BackendError::new("could not write a large value into a file of its own").because(error);
        let written = values.write(&address, put.bytes.as_deref().unwrap_or_default()).map_err(error)?;
        let file = File { row: written.row.clone(), length, generation };
        let part = Arc::clone(self);
        let done = self.write_now(move |open, writer| {
            if wanted.as_ref().is_some_and(|wanted| !wanted.is_wanted()) {
                return Ok(Done::Refused);
            }
            part.apply(open, writer, &put, Some(&file))
        })?;
        if done == Done::Stored {
            Written::keep(written);
        }
        Ok(done != Done::Refused)
    }

    /// What a value comes to that never fits: the slot is emptied, as it was to be replaced.
    fn clearing(
        self: &Arc<Self>,
        put: Put,
    ) -> impl Fn(&Open, &mut Writer<'_, '_>) -> heed::Result<bool> + Send + 'static {
        let part = Arc::clone(self);
        move |open, writer| {
            let place = part.place(&put.name);
            if part.allows(open, writer, &place, &put.when)? {
                writer.remove(place.kind, &place.address)?;
            }
            Ok(false)
        }
    }

    fn apply(&self, open: &Open, writer: &mut Writer<'_, '_>, put: &Put, file: Option<&File>) -> heed::Result<Done> {
        // In another generation there is no such file.
        if file.is_some_and(|file| file.generation != open.chosen.number) {
            return Ok(Done::Refused);
        }
        let place = self.place(&put.name);
        if !self.allows(open, writer, &place, &put.when)? {
            return Ok(Done::Refused);
        }
        let here = || put.bytes.as_deref().map(NewValue::Here);
        let value = file.map(|file| NewValue::InFile(&file.row, file.length)).or_else(here);
        self.replace(writer, &place, value.map(|value| (value, put.ends)), put.guarded())
    }

    /// What a slot holds, whether its life has ended or not, unless that counts as removed.
    fn current<'r>(
        &self,
        open: &Open,
        writer: &'r Writer<'_, '_>,
        place: &Place<'_>,
    ) -> heed::Result<Option<Record<'r>>> {
        match writer.record(place)? {
            Some(record) if place.kind == Kind::Entry && self.is_cleared_in(open, writer, &record)? => Ok(None),
            record => Ok(record),
        }
    }

    fn allows(&self, open: &Open, writer: &Writer<'_, '_>, place: &Place<'_>, when: &Whenever) -> heed::Result<bool> {
        let (seen, epoch) = match when {
            Whenever::Always => return Ok(true),
            Whenever::Absent => {
                let live = self.current(open, writer, place)?.filter(|record| writer.now() < record.ends);
                return Ok(live.is_none());
            }
            Whenever::Unchanged { seen, epoch } => (seen, epoch),
        };
        if let Some((name, number)) = epoch {
            let current = writer.live(&self.epoch_place(name))?;
            if current.and_then(|record| record.epoch()) != Some(*number) {
                return Ok(false);
            }
        }
        let record = self.current(open, writer, place)?;
        let Some(live) = record.filter(|record| writer.now() < record.ends) else {
            return Ok(seen.is_nothing() || seen.stamp_value() == Some(writer.stamp(record.as_ref())));
        };
        let (length, beginning) = match live.value {
            Value::Here(bytes) => (bytes.len() as u64, bytes),
            Value::InFile(file) => (file.length, file.head),
        };
        Ok(seen.bytes().is_some_and(|(seen, head)| seen as u64 == length && beginning.get(..head.len()) == Some(head)))
    }

    /// Writes to a slot that may be written to, and keeps the bounds. See
    /// [`Writer::store`] for `guarded`.
    fn replace(
        &self,
        writer: &mut Writer<'_, '_>,
        place: &Place<'_>,
        stored: Option<(NewValue<'_>, u64)>,
        guarded: u64,
    ) -> heed::Result<Done> {
        let most = self.bounds.of(Queue::to_guard(guarded)).bytes;
        // The slot may have to remember an invalidation, and where it stood.
        let room = |value: &NewValue<'_>| value.room(NewRecord::longest(place, value));
        let fits = stored.as_ref().is_none_or(|(value, _)| place.kind == Kind::Epoch || room(value) <= most);
        let done = match stored.filter(|(_, ends)| fits && writer.now() < *ends) {
            Some((value, ends)) => {
                writer.store(place, value, ends, guarded)?;
                Done::Stored
            }
            // What the slot held was to be replaced: it is not what anyone should get any more.
            None => {
                writer.remove(place.kind, &place.address)?;
                if fits { Done::Emptied } else { Done::Refused }
            }
        };
        writer.expire(EXPIRE)?;
        writer.keep_within(&self.bounds, usize::MAX)?;
        Ok(done)
    }
}
