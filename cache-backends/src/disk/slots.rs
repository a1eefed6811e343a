//! Reading slots: all of them in one transaction, and large values behind it. A hit comes to less: see [`super::glance`].

use std::sync::Arc;

use cache_core::key::Key;
use cache_core::{BackendError, Epoch, EpochName, Look, Reply, Seen, Slot, Stored, may_block};
use heed::RoTxn;

use super::Part;
use super::answer::elsewhere;
use super::known::State;
use super::name::Name;
use super::open::Open;
use super::record::{Record, Value};
use super::table::{Kind, Place, hash_of};
use super::values::Values;

/// What a transaction found in a slot.
enum Found {
    Nothing,
    Bytes(Vec<u8>),
    InFile { values: Values, name: String, length: u64 },
}

impl Found {
    /// What a live record holds. An entry counts as read.
    fn of(open: &Open, place: &Place<'_>, record: Option<&Record<'_>>) -> Self {
        let Some(record) = record else { return Self::Nothing };
        if place.kind == Kind::Entry {
            open.touched.touch(hash_of(&place.address));
        }
        match record.value {
            Value::Here(bytes) => Self::Bytes(bytes.to_vec()),
            Value::InFile(file) => {
                let values = open.values.clone();
                Self::InFile { values, name: file.name(&place.address), length: file.length }
            }
        }
    }

    const fn is_in_file(&self) -> bool {
        matches!(self, Self::InFile { .. })
    }

    /// What is stored. A file that is gone is nothing.
    fn stored(self) -> Result<Option<Stored>, BackendError> {
        match self {
            Self::Nothing => Ok(None),
            Self::Bytes(bytes) => Ok(Some(Stored::Bytes(bytes))),
            Self::InFile { values, name, length } => {
                let read = values.read(&name, length);
                let error = |error| BackendError::new("could not read a large value from its file").because(error);
                Ok(read.map_err(error)?.map(Stored::Bytes))
            }
        }
    }
}

impl Part {
    /// What `read` reads; for a future, elsewhere if that is a file.
    fn finished<T: Send + 'static>(
        &self,
        is_in_file: bool,
        read: impl FnOnce() -> Result<T, BackendError> + Send + 'static,
    ) -> Reply<'static, T> {
        if is_in_file && !may_block() {
            return Reply::pending(elsewhere(&self.environment.steward, |_| read()));
        }
        Reply::ready(read())
    }

    pub(super) fn read_slots(self: &Arc<Self>, slots: &[Slot<'_>]) -> Reply<'static, Vec<Option<Stored>>> {
        let found: Result<Vec<Found>, _> = self.read(|open, txn, now| {
            let read = |slot: &Slot<'_>| {
                let name = Name::of(slot);
                let place = self.place(&name);
                let live = open.tables.live(txn, &place, now)?;
                let live = self.unless_cleared(open, txn, &place, live)?;
                Ok(Found::of(open, &place, live.as_ref()))
            };
            slots.iter().map(read).collect()
        });
        match found {
            Ok(found) => {
                let is_in_file = found.iter().any(Found::is_in_file);
                self.finished(is_in_file, || found.into_iter().map(Found::stored).collect())
            }
            Err(error) => Reply::ready(Err(error)),
        }
    }

    pub(super) fn look_at(self: &Arc<Self>, key: &Key<'_>, watch: &[EpochName<'_>]) -> Reply<'static, Look> {
        let name = Name::of(&Slot::Entry(key));
        let place = self.place(&name);
        let found = self.read(|open, txn, now| {
            let tables = &open.tables;
            let record = tables.record(txn, Kind::Entry, &place.address)?.filter(|record| place.is_of(record));
            let record = self.unless_cleared(open, txn, &place, record)?;
            let live = record.filter(|record| now < record.ends);
            let seen = self.seen(open, txn, record.as_ref(), now)?;
            let epochs =
                watch.iter().map(|name| self.read_epoch(open, txn, name, now)).collect::<Result<Vec<_>, _>>()?;
            Ok((Found::of(open, &place, live.as_ref()), seen, epochs))
        });
        match found {
            Ok((found, seen, epochs)) => self.finished(found.is_in_file(), || {
                Ok(Look { stored: found.stored()?, seen: Some(seen), epochs, ticket: None })
            }),
            Err(error) => Reply::ready(Err(error)),
        }
    }

    /// What a row holds, unless that counts as removed.
    pub(super) fn unless_cleared<'t>(
        &self,
        open: &Open,
        txn: &RoTxn<'_>,
        place: &Place<'_>,
        record: Option<Record<'t>>,
    ) -> heed::Result<Option<Record<'t>>> {
        match record {
            Some(record) if place.kind == Kind::Entry && self.is_cleared(open, txn, &record)? => Ok(None),
            record => Ok(record),
        }
    }

    /// What is to be remembered of a slot that holds this.
    pub(super) fn seen(
        &self,
        open: &Open,
        txn: &RoTxn<'_>,
        record: Option<&Record<'_>>,
        now: u64,
    ) -> heed::Result<Seen> {
        let live = record.filter(|record| now < record.ends);
        Ok(match live.map(|record| record.value) {
            Some(Value::Here(bytes)) => Seen::of_bytes(bytes.len(), bytes),
            Some(Value::InFile(file)) => Seen::of_bytes(usize::try_from(file.length).unwrap_or(usize::MAX), file.head),
            None => Seen::stamp(open.tables.stamp(record, now, &open.tables.counters(txn, &self.id)?)),
        })
    }

    pub(super) fn read_epoch(
        &self,
        open: &Open,
        txn: &RoTxn<'_>,
        name: &EpochName<'_>,
        now: u64,
    ) -> heed::Result<Option<Epoch>> {
        let state = State::of(open, txn);
        if let Some(epoch) = self.known.get(name, state, now) {
            return Ok(Some(epoch));
        }
        let found = open.tables.live(txn, &self.epoch_place(name), now)?;
        let read = found.and_then(|record| Some((record.epoch()?, record.ends)));
        if let Some((epoch, ends)) = read {
            self.known.learn(name, epoch, ends, state);
        }
        Ok(read.map(|(epoch, _)| epoch))
    }
}
