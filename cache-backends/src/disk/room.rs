//! Giving back room: what has expired, files that nobody names, and what goes where the map is full.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use cache_core::BackendError;
use heed::RwTxn;

use super::environment::{Environment, SLICE, write_part};
use super::error::{Remedy, remedy};
use super::open::{Open, pages};
use super::queue::Counters;
use super::table::{Kind, PART, PartId};

/// How many entries go at once where the map is full, at least.
const BATCH: usize = 64;
/// How many go at once at most: fewer where there is no room for removing so many.
const BATCHES: [usize; 3] = [SLICE, 16, 2];
/// Which part of a map that was full is left free.
const RESERVE: u64 = 8;

impl Environment {
    /// Makes room in a map that is full: pages that readers which are gone still hold, what has expired, and the
    /// oldest entries, or tombstones, of the largest part. Removing needs a few pages too; where there are not even those, the map
    /// grows a little, up to a quarter more than it was to have.
    pub(super) fn make_room(&self, now: u64) -> heed::Result<()> {
        self.is_tight.store(true, Ordering::Relaxed);
        let evict = |open: &Open| evict(open, now);
        let full = {
            let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
            match evict(&open) {
                Err(error) if remedy(&error) == Remedy::MakeRoom => error,
                done => return done,
            }
        };
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        let wanted = self.map_size.load(Ordering::Relaxed);
        let size = open.env.info().map_size as u64;
        let larger = (size + wanted / 16).min(wanted + wanted / 4);
        if larger <= size {
            return Err(full);
        }
        open.resize(pages(larger))?;
        evict(&open)
    }

    /// Where the map was full once, leaves a part of it to what removing needs: a map without a free page can only be left as it is.
    pub(super) fn keep_reserve(&self, now: u64) -> heed::Result<()> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        let used = open.tables.size(&*open.env.read_txn()?)?;
        let size = open.env.info().map_size as u64;
        if used.saturating_add(size / RESERVE) <= size {
            return Ok(());
        }
        match evict(&open, now) {
            Err(error) if remedy(&error) == Remedy::MakeRoom => Ok(()),
            done => done,
        }
    }

    /// Removes what has expired in every part, also in those whose handler is not used any more.
    pub(super) fn sweep(&self, now: u64) -> Result<(), BackendError> {
        for part in self.parts(now)? {
            // Most often nothing has, and a transaction that changes nothing writes nothing.
            while self.write_part(part, now, |writer| writer.expire(SLICE))?.is_some_and(|gone| gone >= SLICE) {}
        }
        Ok(())
    }

    fn parts(&self, now: u64) -> Result<Vec<PartId>, BackendError> {
        self.read(now, |open, txn| {
            let rows = open.tables.parts.iter(txn)?;
            Ok(rows.flatten().filter_map(|(part, _)| PartId::try_from(part).ok()).collect())
        })
    }

    /// When the first of what is there is over.
    pub(super) fn next_end(&self, now: u64) -> Result<u64, BackendError> {
        let parts = self.parts(now)?;
        self.read(now, |open, txn| {
            let ends = parts.iter().map(|part| open.tables.next_end(txn, part));
            ends.collect::<heed::Result<Vec<_>>>().map(|ends| ends.into_iter().min().unwrap_or(u64::MAX))
        })
    }

    /// Removes the files of values that no row names.
    pub(super) fn remove_orphans(&self) -> Result<(), BackendError> {
        let (now, (_, values)) = (self.now(), self.values());
        values.sweep(|address, number| {
            let named = self.read(now, |open, txn| {
                let record = open.tables.record(txn, Kind::Entry, address)?;
                Ok(record.is_some_and(|record| record.is_in_file(number)))
            });
            // Where that cannot be told, it stays.
            named.unwrap_or(true)
        });
        Ok(())
    }
}

fn evict(open: &Open, now: u64) -> heed::Result<()> {
    open.env.clear_stale_readers()?;
    let mut done = Ok(());
    // The fewer go at once, the fewer pages that takes.
    for most in BATCHES {
        done = open.write(|txn| evict_largest(open, txn, now, most)).map(|files| {
            files.iter().for_each(|file| open.values.remove(file));
        });
        if !matches!(&done, Err(error) if remedy(error) == Remedy::MakeRoom) {
            break;
        }
    }
    done
}

fn evict_largest(open: &Open, txn: &mut RwTxn<'_>, now: u64, most: usize) -> heed::Result<Vec<String>> {
    let parts = open.tables.parts.iter(txn)?.flatten();
    let largest = parts
        .filter_map(|(part, row)| Some((*part.first_chunk::<PART>()?, Counters::parse(row))))
        .max_by_key(|(_, counters)| counters.bytes_in_map());
    let Some((part, counters)) = largest else { return Ok(Vec::new()) };
    let ((), files) = write_part(open, txn, part, now, |writer| {
        writer.expire(BATCH.min(most))?;
        // Of what was to be over, another value may have come since.
        if writer.counters.bytes_in_map() >= counters.bytes_in_map() {
            let queue = counters.larger();
            let batch = BATCH.max(usize::try_from(counters.of(queue).rows / 16).unwrap_or(SLICE).min(SLICE));
            writer.remove_before(queue, u64::MAX, batch.min(most))?;
        }
        Ok(())
    })?;
    Ok(files)
}
