//! Epochs on disk: made once, extended rarely, renewed in one transaction.

use cache_core::{BackendError, Epoch, EpochName, Life};
use heed::RoTxn;

use super::table::Tables;
use super::writer::Writer;
use super::{Disk, EXPIRE};

/// How long an epoch lives that was renewed where there was none, in milliseconds. No entry can record it yet, and
/// whoever stores one extends it; so tags that are invalidated and never used leave nothing behind.
const RENEWED: u64 = 60 * 60 * 1_000;

impl Disk {
    pub(super) fn read_epoch(
        &self,
        tables: &Tables,
        txn: &RoTxn<'_>,
        name: &EpochName<'_>,
        now: u64,
    ) -> heed::Result<Option<Epoch>> {
        Ok(tables.live(txn, &self.epoch_place(name), now)?.and_then(|record| Epoch::from_bytes(record.bytes)))
    }

    pub(super) fn current_epochs(&self, names: &[EpochName<'_>]) -> Result<Vec<Option<Epoch>>, BackendError> {
        self.read(|tables, txn, now| names.iter().map(|name| self.read_epoch(tables, txn, name, now)).collect())
    }

    /// The epochs of `names`, if all of them live for `life`: what nearly every call finds.
    fn lasting(&self, names: &[EpochName<'_>], life: Life) -> Result<Option<Vec<Epoch>>, BackendError> {
        self.read(|tables, txn, now| {
            let read = |name: &EpochName<'_>| {
                let found = tables.live(txn, &self.epoch_place(name), now)?;
                Ok(found.filter(|record| record.ends >= life.ends(now)).and_then(|it| Epoch::from_bytes(it.bytes)))
            };
            names.iter().map(read).collect()
        })
    }

    pub(super) fn make_epochs(&self, names: &[EpochName<'_>], life: Life) -> Result<Vec<Epoch>, BackendError> {
        if let Some(found) = self.lasting(names, life)? {
            return Ok(found);
        }
        self.write(|writer, now| {
            let made = names.iter().map(|name| {
                let epoch = self.keep(writer, name, life, now)?;
                let Some(epoch) = epoch else {
                    let epoch = Epoch::random();
                    writer.store(&self.epoch_place(name), &epoch.to_bytes(), generous(life, now), 0)?;
                    return Ok(epoch);
                };
                Ok(epoch)
            });
            let made = made.collect::<heed::Result<Vec<_>>>()?;
            writer.expire(EXPIRE)?;
            Ok(made)
        })
    }

    pub(super) fn extend_epochs(&self, names: &[EpochName<'_>], life: Life) -> Result<(), BackendError> {
        let short = self.read(|tables, txn, now| {
            for name in names {
                let found = tables.live(txn, &self.epoch_place(name), now)?;
                if found.is_some_and(|record| record.ends < life.ends(now)) {
                    return Ok(true);
                }
            }
            Ok(false)
        })?;
        if !short {
            return Ok(());
        }
        self.write(|writer, now| names.iter().try_for_each(|name| self.keep(writer, name, life, now).map(drop)))
    }

    /// The epoch of `name`, if there is one, which then lives for `life` at least.
    fn keep(
        &self,
        writer: &mut Writer<'_, '_>,
        name: &EpochName<'_>,
        life: Life,
        now: u64,
    ) -> heed::Result<Option<Epoch>> {
        let place = self.epoch_place(name);
        let found = writer.live(&place)?.map(|record| (Epoch::from_bytes(record.bytes), record.ends));
        let Some((Some(epoch), ends)) = found else { return Ok(None) };
        if ends < life.ends(now) {
            writer.store(&place, &epoch.to_bytes(), generous(life, now), 0)?;
        }
        Ok(Some(epoch))
    }

    pub(super) fn renew_epochs(&self, names: &[EpochName<'_>]) -> Result<(), BackendError> {
        if names.is_empty() {
            return Ok(());
        }
        self.write(|writer, now| {
            for name in names {
                let place = self.epoch_place(name);
                // It lives on as long as the one before was to: a shorter life would only make misses.
                let before = writer.live(&place)?.map_or(0, |record| record.ends);
                let ends = before.max(now.saturating_add(RENEWED));
                writer.store(&place, &Epoch::random().to_bytes(), ends, 0)?;
            }
            writer.expire(EXPIRE).map(drop)
        })
    }
}

/// When an epoch ends that is to live for `life`: twice as late, so that the entries stored in the meantime need not
/// extend it each.
fn generous(life: Life, now: u64) -> u64 {
    life.ends(life.ends(now))
}
