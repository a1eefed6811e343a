//! Epochs on disk: made once, extended rarely, renewed in one transaction.

use std::sync::Arc;

use cache_core::{BackendError, Epoch, EpochName, Life, Reply};

use super::record::NewValue;
use super::writer::Writer;
use super::{Disk, EXPIRE, Part};

/// How long an epoch lives that was renewed where there was none, in milliseconds. No entry can record it yet, and
/// whoever stores one extends it; so tags that are invalidated and never used leave nothing behind.
const RENEWED: u64 = 60 * 60 * 1_000;

impl Part {
    pub(super) fn current_epochs(&self, names: &[EpochName<'_>]) -> Result<Vec<Option<Epoch>>, BackendError> {
        self.read(|open, txn, now| names.iter().map(|name| self.read_epoch(open, txn, name, now)).collect())
    }

    /// The epochs of `names`, if all of them live for `life`: what nearly every call finds.
    fn lasting(&self, names: &[EpochName<'_>], life: Life) -> Result<Option<Vec<Epoch>>, BackendError> {
        self.read(|open, txn, now| {
            let read = |name: &EpochName<'_>| {
                let found = open.tables.live(txn, &self.epoch_place(name), now)?;
                Ok(found.filter(|record| record.ends >= life.ends(now)).and_then(|it| it.epoch()))
            };
            names.iter().map(read).collect()
        })
    }

    /// Whether one of these epochs, if there are any, ends before `life` does.
    fn are_short(&self, names: &[EpochName<'_>], life: Life) -> Result<bool, BackendError> {
        self.read(|open, txn, now| {
            for name in names {
                let found = open.tables.live(txn, &self.epoch_place(name), now)?;
                if found.is_some_and(|record| record.ends < life.ends(now)) {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }

    /// The epoch of `name`, if there is one, which then lives for `life` at least.
    fn keep(&self, writer: &mut Writer<'_, '_>, name: &EpochName<'_>, life: Life) -> heed::Result<Option<Epoch>> {
        let (place, now) = (self.epoch_place(name), writer.now());
        let found = writer.live(&place)?.map(|record| (record.epoch(), record.ends));
        let Some((Some(epoch), ends)) = found else { return Ok(None) };
        if ends < life.ends(now) {
            writer.store(&place, NewValue::Here(&epoch.to_bytes()), generous(life, now), 0)?;
        }
        Ok(Some(epoch))
    }

    fn make(&self, writer: &mut Writer<'_, '_>, name: &EpochName<'_>, life: Life) -> heed::Result<Epoch> {
        if let Some(epoch) = self.keep(writer, name, life)? {
            return Ok(epoch);
        }
        let (epoch, now) = (Epoch::random(), writer.now());
        writer.store(&self.epoch_place(name), NewValue::Here(&epoch.to_bytes()), generous(life, now), 0)?;
        Ok(epoch)
    }

    fn renew(&self, writer: &mut Writer<'_, '_>, name: &EpochName<'_>) -> heed::Result<()> {
        let place = self.epoch_place(name);
        // It lives on as long as the one before was to: a shorter life would only make misses.
        let before = writer.live(&place)?.map_or(0, |record| record.ends);
        let ends = before.max(writer.now().saturating_add(RENEWED));
        writer.store(&place, NewValue::Here(&Epoch::random().to_bytes()), ends, 0)
    }
}

impl Disk {
    pub(super) fn make_epochs(&self, names: &[EpochName<'_>], life: Life) -> Reply<'static, Vec<Epoch>> {
        match self.0.lasting(names, life) {
            Ok(None) => {}
            Ok(Some(found)) => return Reply::ready(Ok(found)),
            Err(error) => return Reply::ready(Err(error)),
        }
        let (part, names) = (Arc::clone(&self.0), owned(names));
        self.0.write(move |_, writer| {
            let made = names.iter().map(|name| part.make(writer, name, life)).collect::<heed::Result<Vec<_>>>()?;
            writer.expire(EXPIRE)?;
            Ok(made)
        })
    }

    pub(super) fn extend_epochs(&self, names: &[EpochName<'_>], life: Life) -> Reply<'static, ()> {
        match self.0.are_short(names, life) {
            Ok(true) => {}
            Ok(false) => return Reply::ready(Ok(())),
            Err(error) => return Reply::ready(Err(error)),
        }
        let (part, names) = (Arc::clone(&self.0), owned(names));
        self.0.write(move |_, writer| names.iter().try_for_each(|name| part.keep(writer, name, life).map(drop)))
    }

    pub(super) fn renew_epochs(&self, names: &[EpochName<'_>]) -> Reply<'static, ()> {
        if names.is_empty() {
            return Reply::ready(Ok(()));
        }
        let (part, names) = (Arc::clone(&self.0), owned(names));
        self.0.write(move |_, writer| {
            names.iter().try_for_each(|name| part.renew(writer, name))?;
            writer.expire(EXPIRE).map(drop)
        })
    }
}

fn owned(names: &[EpochName<'_>]) -> Vec<EpochName<'static>> {
    names.iter().map(|name| name.clone().into_owned()).collect()
}

/// When an epoch ends that is to live for `life`: twice as late, so that the entries stored in the meantime need not
/// extend it each.
fn generous(life: Life, now: u64) -> u64 {
    life.ends(life.ends(now))
}
