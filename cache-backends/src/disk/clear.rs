//! Removing many entries, in slices, so that other writers get their turn and no old pages are held for long.

use std::ops::Bound;
use std::sync::Arc;

use cache_core::key::Key;
use cache_core::{BackendError, Pattern};
use heed::RoTxn;

use super::Part;
use super::environment::SLICE;
use super::open::Open;
use super::queue::Queue;
use super::record::Record;
use super::table::{ADDRESS, Address, HASH, Kind, join};

/// How many rows one transaction reads where all are read.
const SCAN: usize = 4_096;

impl Part {
    /// Removes the entries that `pattern` matches.
    pub(super) fn remove_all_matching(self: &Arc<Self>, pattern: &Pattern) -> Result<(), BackendError> {
        let mut from = Bound::Included(join::<_, _, ADDRESS>(&self.id, &[0; HASH]));
        loop {
            let (found, last) = self.read(|open, txn, _| self.scan(open, txn, &from, pattern))?;
            for slice in found.chunks(SLICE) {
                let (part, slice, pattern) = (Arc::clone(self), slice.to_vec(), pattern.clone());
                self.write_now(move |_, writer| {
                    for address in &slice {
                        // Another text may have come to this place since.
                        if writer.row(address)?.is_some_and(|record| part.matches(&pattern, &record)) {
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

    fn matches(&self, pattern: &Pattern, record: &Record<'_>) -> bool {
        let text = record.text.strip_prefix(self.prefix.as_bytes());
        let text = text.and_then(|text| std::str::from_utf8(text).ok());
        text.and_then(Key::subject_of).is_some_and(|subject| pattern.matches(subject))
    }

    /// Some entries of this part, beginning at `from`, that match; and the last one looked at, if there may be more.
    fn scan(
        &self,
        open: &Open,
        txn: &RoTxn<'_>,
        from: &Bound<Address>,
        pattern: &Pattern,
    ) -> heed::Result<(Vec<Address>, Option<Address>)> {
        let range = (from.as_ref().map(Address::as_slice), Bound::Unbounded);
        let mut found = Vec::new();
        for (index, row) in open.tables.entries.range(txn, &range)?.enumerate() {
            let (key, row) = row?;
            let Some(address) = Address::try_from(key).ok().filter(|key| key.starts_with(&self.id)) else { break };
            if Record::parse(row).is_some_and(|record| self.matches(pattern, &record)) {
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
        let next = self.read(|open, txn, _| Ok(open.tables.counters(txn, &self.id)?.next))?;
        for queue in [Queue::Entries, Queue::Tombstones] {
            while self.write_now(move |_, writer| writer.remove_before(queue, next, SLICE))? {}
        }
        Ok(())
    }
}
