//! Removing many entries, in slices, so that other writers get their turn and no old pages are held for long.

use std::ops::Bound;

use cache_core::key::Key;
use cache_core::{BackendError, Pattern};
use heed::RoTxn;

use super::Disk;
use super::environment::SLICE;
use super::queue::Queue;
use super::table::{ADDRESS, Address, HASH, Kind, Record, Tables, join};

/// How many rows one transaction reads where all are read.
const SCAN: usize = 4_096;

impl Disk {
    /// Removes the entries that `pattern` matches.
    pub(super) fn remove_all_matching(&self, pattern: &Pattern) -> Result<(), BackendError> {
        let matches = |record: &Record<'_>| {
            let text = record.text.strip_prefix(self.prefix.as_bytes());
            let text = text.and_then(|text| std::str::from_utf8(text).ok());
            text.and_then(Key::subject_of).is_some_and(|subject| pattern.matches(subject))
        };
        let mut from = Bound::Included(join::<_, _, ADDRESS>(&self.part, &[0; HASH]));
        loop {
            let (found, last) = self.read(|tables, txn, _| self.scan(tables, txn, &from, &matches))?;
            for slice in found.chunks(SLICE) {
                self.write(|writer, _| {
                    for address in slice {
                        // Another text may have come to this place since.
                        if writer.row(address)?.is_some_and(|record| matches(&record)) {
                            writer.remove(Kind::Entry, address)?;
                        }
                    }
                    Ok(())
                })?;
            }
            let Some(last) = last else { return Ok(()) };
            from = Bound::Excluded(last);
        }
    }

    /// Some entries of this part, beginning at `from`, that match; and the last one looked at, if there may be more.
    fn scan(
        &self,
        tables: &Tables,
        txn: &RoTxn<'_>,
        from: &Bound<Address>,
        matches: &impl Fn(&Record<'_>) -> bool,
    ) -> heed::Result<(Vec<Address>, Option<Address>)> {
        let range = (from.as_ref().map(Address::as_slice), Bound::Unbounded);
        let mut found = Vec::new();
        for (index, row) in tables.entries.range(txn, &range)?.enumerate() {
            let (key, row) = row?;
            let Some(address) = Address::try_from(key).ok().filter(|key| key.starts_with(&self.part)) else { break };
            if Record::parse(row).is_some_and(|record| matches(&record)) {
                found.push(address);
            }
            if index + 1 == SCAN {
                return Ok((found, Some(address)));
            }
        }
        Ok((found, None))
    }

    /// Removes what is there now, in slices, so that other writers get their turn.
    pub(super) fn remove_all(&self) -> Result<(), BackendError> {
        let next = self.read(|tables, txn, _| Ok(tables.counters(txn, &self.part)?.next))?;
        for queue in [Queue::Entries, Queue::Tombstones] {
            while self.write(|writer, _| writer.remove_before(queue, next, SLICE))? {}
        }
        Ok(())
    }
}
