//! Removing many entries, in slices, so that other writers get their turn and no old pages are held for long.

use std::ops::Bound;
use std::sync::Arc;

use cache_core::BackendError;
use heed::RoTxn;

use super::Part;
use super::environment::SLICE;
use super::marks::Mark;
use super::open::Open;
use super::queue::{Numbers, Queue};
use super::record::Record;
use super::table::{Address, HASH, Kind, hash_of, join};

/// How many rows one transaction reads where all are read.
const SCAN: usize = 4_096;

impl Part {
    /// Removes the entries that a mark is about.
    pub(super) fn remove_marked(self: &Arc<Self>, mark: &Mark) -> Result<(), BackendError> {
        let mut from = Bound::Included([0; HASH]);
        while let Some(next) = self.remove_some_marked(mark, &from)? {
            from = next;
        }
        Ok(())
    }

    /// Removes some of them, beginning at the hash `from`; gives where to go on, if there may be more.
    pub(super) fn remove_some_marked(
        self: &Arc<Self>,
        mark: &Mark,
        from: &Bound<[u8; HASH]>,
    ) -> Result<Option<Bound<[u8; HASH]>>, BackendError> {
        let from = from.map(|hash| join(&self.id, &hash));
        let (found, last) = self.read(|open, txn, _| match open.chosen.number == mark.generation {
            true => self.scan(open, txn, &from, mark),
            // Another generation began empty, with numbers of its own.
            false => Ok((Vec::new(), None)),
        })?;
        for slice in found.chunks(SLICE) {
            let (part, slice, mark) = (Arc::clone(self), slice.to_vec(), mark.clone());
            self.write_now(move |open, writer| {
                if open.chosen.number != mark.generation {
                    return Ok(());
                }
                for address in &slice {
                    // Another text may have come to this place since, or a younger value.
                    if writer.row(address)?.is_some_and(|record| part.is_marked(&mark, &record)) {
                        writer.remove(Kind::Entry, address)?;
                    }
                }
                Ok(())
            })?;
        }
        Ok(last.map(|address| Bound::Excluded(*hash_of(&address))))
    }

    /// Some entries of this part, beginning at `from`, that `mark` is about; and the last one looked at, if there may be more.
    fn scan(
        &self,
        open: &Open,
        txn: &RoTxn<'_>,
        from: &Bound<Address>,
        mark: &Mark,
    ) -> heed::Result<(Vec<Address>, Option<Address>)> {
        let range = (from.as_ref().map(Address::as_slice), Bound::Unbounded);
        let mut found = Vec::new();
        for (index, row) in open.tables.entries.range(txn, &range)?.enumerate() {
            let (key, row) = row?;
            let Some(address) = Address::try_from(key).ok().filter(|key| key.starts_with(&self.id)) else { break };
            if Record::parse(row).is_some_and(|record| self.is_marked(mark, &record)) {
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
        let next = self.read(|_, txn, _| Ok(Numbers::behind(txn)))?;
        for queue in [Queue::Entries, Queue::Tombstones] {
            while self.write_now(move |_, writer| writer.remove_before(queue, next, SLICE))? {}
        }
        Ok(())
    }
}
