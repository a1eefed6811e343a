//! The tables of a store and what their rows look like.
//!
//! | table | key | value |
//! |---|---|---|
//! | `entries` | part, hash of the slot's text | a [`Record`] |
//! | `epochs` | part, hash of the slot's text | a [`Record`] |
//! | `queue` | part, place in the queue | hash of the slot's text, sequence number; of `entries` only |
//! | `ends` | part, `e` or `t`, end of life, hash | nothing |
//! | `parts` | part | [`Counters`] |
//! | `marks` | part, number of the next write by then | a pattern: what it matches of earlier writes counts as removed |
//!
//! `entries` is the table without a name, in which LMDB has those of the others too: a transaction that reads an entry, as most
//! do, looks up no name. No key is as short as a name.
//!
//! A value that takes the place of another one in `entries` leaves the rows of `queue` and `ends` as they are: see
//! [`super::record::Listed`].
//!
//! A part is what belongs to one prefix: its bounds, its clearing and its counters are its own. Numbers in keys are
//! big-endian, so that they are sorted; all others are little-endian.

use heed::types::Bytes;
use heed::{CommitOrAbort, Database, Env, RoTxn};
use twox_hash::XxHash3_64;

use super::name::{self, Name};
use super::queue::Counters;
use super::record::Record;

type Table = Database<'static, Bytes, Bytes>;

/// The tables of one environment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tables {
    pub(super) entries: Table,
    pub(super) epochs: Table,
    pub(super) queue: Table,
    pub(super) ends: Table,
    pub(super) parts: Table,
    pub(super) marks: Table,
    /// What is seen in one generation is never taken for what is seen in another.
    base: u64,
}

impl Tables {
    /// Opens the tables of `env`, and makes those that are not there.
    pub(super) fn open(env: &Env, generation: u64) -> heed::Result<Self> {
        let txn = env.write_txn()?;
        let opened = env.create_databases_and_commit(txn, |opener, txn| {
            let mut create = |name| opener.create_database::<Bytes, Bytes>(txn, name);
            let tables = [
                create(None)?,
                create(Some("epochs"))?,
                create(Some("queue"))?,
                create(Some("ends"))?,
                create(Some("parts"))?,
                create(Some("marks"))?,
            ];
            Ok::<_, heed::Error>(CommitOrAbort::<_, std::convert::Infallible>::Commit(tables))
        })?;
        let CommitOrAbort::Commit([entries, epochs, queue, ends, parts, marks]) = opened;
        // Generations are called by dates in milliseconds, so their counters are far apart.
        Ok(Self { entries, epochs, queue, ends, parts, marks, base: generation << 20 })
    }

    pub(super) fn of(&self, kind: Kind) -> Table {
        match kind {
            Kind::Entry => self.entries,
            Kind::Epoch => self.epochs,
        }
    }

    /// What `address` holds, whether its life has ended or not; something damaged is nothing.
    pub(super) fn record<'t>(
        &self,
        txn: &'t RoTxn<'_>,
        kind: Kind,
        address: &Address,
    ) -> heed::Result<Option<Record<'t>>> {
        Ok(self.of(kind).get(txn, address)?.and_then(Record::parse))
    }

    /// What the slot `text` holds at `now`.
    pub(super) fn live<'t>(&self, txn: &'t RoTxn<'_>, slot: &Place<'_>, now: u64) -> heed::Result<Option<Record<'t>>> {
        Ok(self.record(txn, slot.kind, &slot.address)?.filter(|record| slot.is_of(record) && now < record.ends))
    }

    /// What stands for an empty slot in [`cache_core::Seen`]. A commit over it succeeds only if it is still the same,
    /// so it changes whenever an invalidation of the slot might have come and gone.
    pub(super) fn stamp(&self, record: Option<&Record<'_>>, now: u64, counters: &Counters) -> u64 {
        const OF_A_RECORD: u64 = 1 << 63;
        match record {
            // Its life has ended, and it was stored after an invalidation that still counts.
            Some(record) if now < record.guarded => {
                OF_A_RECORD | XxHash3_64::oneshot_with_seed(self.base, &record.sequence.to_le_bytes())
            }
            _ => self.base.wrapping_add(counters.forgotten) & !OF_A_RECORD,
        }
    }

    /// When the first row of a part is over; of what is not over, `u64::MAX`.
    pub(super) fn next_end(&self, txn: &RoTxn<'_>, part: &PartId) -> heed::Result<u64> {
        let mut next = u64::MAX;
        for kind in [Kind::Entry, Kind::Epoch] {
            let first = end_key(kind, 0, &join(part, &[0; HASH]));
            let found = self.ends.get_greater_than_or_equal_to(txn, &first)?;
            let end =
                found.filter(|(key, _)| key.get(..=PART) == first.get(..=PART)).and_then(|(key, _)| parse_end(key));
            next = next.min(end.map_or(u64::MAX, |(ends, _)| ends));
        }
        Ok(next)
    }

    /// How many bytes of the file are in use.
    pub(super) fn size(&self, txn: &RoTxn<'_>) -> heed::Result<u64> {
        let tables = [self.entries, self.epochs, self.queue, self.ends, self.parts, self.marks];
        tables.iter().map(|table| Ok(table.stat(txn)?.non_free_page_size() as u64)).sum()
    }

    pub(super) fn counters(&self, txn: &RoTxn<'_>, part: &PartId) -> heed::Result<Counters> {
        Ok(self.parts.get(txn, part)?.map(Counters::parse).unwrap_or_default())
    }
}

/// What a slot is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Entry,
    Epoch,
}

impl Kind {
    const fn letter(self) -> u8 {
        match self {
            Self::Entry => b'e',
            Self::Epoch => b't',
        }
    }
}

pub(super) const PART: usize = 8;
pub(super) const HASH: usize = 16;
pub(super) const ADDRESS: usize = PART + HASH;

/// What stands for a prefix in keys. Two prefixes with the same hash would share bounds, but never a value.
pub(super) type PartId = [u8; PART];
pub(super) type Address = [u8; ADDRESS];

pub(super) fn part_id(prefix: &str) -> PartId {
    XxHash3_64::oneshot(prefix.as_bytes()).to_be_bytes()
}

/// The part of an address that is the hash of the slot's text.
pub(super) fn hash_of(address: &Address) -> &[u8; HASH] {
    const { assert!(PART + HASH == ADDRESS) };
    address.last_chunk().unwrap_or(&[0; HASH])
}

/// A slot: where it lies, and the whole text that has to be found there. Two texts with the same hash push each other
/// out and are never taken for each other, so a fast hash does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) kind: Kind,
    pub(super) address: Address,
    pub(super) prefix: &'a str,
    /// See [`Name::is_bare`].
    pub(super) is_bare: bool,
    pub(super) text: &'a [u8],
}

impl<'a> Place<'a> {
    pub(super) fn named(name: &'a Name, part: &PartId, prefix: &'a str) -> Self {
        Self { kind: name.kind, address: join(part, &name.hash), prefix, is_bare: name.is_bare(), text: name.text() }
    }

    /// Of an epoch.
    pub(super) fn epoch(part: &PartId, prefix: &'a str, text: &'a str) -> Self {
        let address = join(part, &name::hash(text.as_bytes()));
        Self { kind: Kind::Epoch, address, prefix, is_bare: false, text: text.as_bytes() }
    }

    pub(super) fn is_of(&self, record: &Record<'_>) -> bool {
        let (prefix, text) = (self.prefix.as_bytes(), self.text);
        if record.is_bare != self.is_bare {
            return false;
        }
        let theirs = record.text.split_at_checked(prefix.len());
        theirs.is_some_and(|(theirs, rest)| are_equal(theirs, prefix) && are_equal(rest, text))
    }
}

/// Most texts and prefixes are empty, and an empty one may be said to lie where no memory is. To compare nothing there takes some
/// processors as long as half of a look-up, so it is not done.
fn are_equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && (a.is_empty() || a == b)
}

pub(super) const END: usize = PART + 1 + 8 + HASH;

/// The key of `ends`.
pub(super) fn end_key(kind: Kind, ends: u64, address: &Address) -> [u8; END] {
    let mut key = [0; END];
    let (part, hash) = address.split_at(PART);
    key[..PART].copy_from_slice(part);
    key[PART] = kind.letter();
    key[PART + 1..END - HASH].copy_from_slice(&ends.to_be_bytes());
    key[END - HASH..].copy_from_slice(hash);
    key
}

/// What a key of `ends` says: when, and which slot.
pub(super) fn parse_end(key: &[u8]) -> Option<(u64, Address)> {
    let key: &[u8; END] = key.try_into().ok()?;
    let (part, rest) = key.split_first_chunk::<PART>()?;
    let (ends, hash) = rest.get(1..)?.split_first_chunk::<8>()?;
    Some((u64::from_be_bytes(*ends), join(part, hash.first_chunk::<HASH>()?)))
}

/// Two arrays, one behind the other.
pub(super) fn join<const A: usize, const B: usize, const N: usize>(a: &[u8; A], b: &[u8; B]) -> [u8; N] {
    const { assert!(A + B == N) };
    let mut joined = [0; N];
    joined[..A].copy_from_slice(a);
    joined[A..].copy_from_slice(b);
    joined
}
