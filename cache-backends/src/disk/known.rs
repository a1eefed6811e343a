//! Epochs as this process last read them. They are what they were for as long as nothing was committed since, by whichever
//! process: LMDB numbers its transactions, and a reader knows the number that it reads.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use cache_core::{Epoch, EpochName};
use heed::RoTxn;
use twox_hash::XxHash3_64;

use super::open::Open;

/// Which state of a store was read: the number of its generation, and of the last transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct State {
    generation: u64,
    transaction: usize,
}

impl State {
    pub(super) fn of(open: &Open, txn: &RoTxn<'_>) -> Self {
        Self { generation: open.chosen.number, transaction: txn.id() }
    }
}

struct Seen {
    name: Box<str>,
    epoch: Epoch,
    ends: u64,
    state: State,
}

/// Those of the handler and of functions; there may be any number of tags.
#[derive(Default)]
pub(super) struct Known(RwLock<Table>);

type Table = HashMap<u64, Seen, BuildHasherDefault<Hashed>>;

/// See [`Known::hold`].
pub(super) struct Held<'a>(RwLockReadGuard<'a, Table>);

impl Held<'_> {
    /// See [`Known::get`].
    pub(super) fn get(&self, name: &EpochName<'_>, state: State, now: u64) -> Option<Epoch> {
        let text = name.text();
        let seen = self.0.get(&XxHash3_64::oneshot(text.as_bytes()))?;
        (seen.state == state && now < seen.ends && *seen.name == *text).then_some(seen.epoch)
    }
}

/// Keys are hashes.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn write(&mut self, _: &[u8]) {}

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Known {
    /// The epoch of `name` in this state, if it was read and is not over at `now`.
    pub(super) fn get(&self, name: &EpochName<'_>, state: State, now: u64) -> Option<Epoch> {
        self.hold().get(name, state, now)
    }

    /// All of them, for whoever asks for several. Nothing can be learnt meanwhile.
    pub(super) fn hold(&self) -> Held<'_> {
        Held(self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// It was read.
    pub(super) fn learn(&self, name: &EpochName<'_>, epoch: Epoch, ends: u64, state: State) {
        if name.as_tag().is_none() {
            let (hash, name) = (XxHash3_64::oneshot(name.text().as_bytes()), name.text().into());
            let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
            known.insert(hash, Seen { name, epoch, ends, state });
        }
    }
}
