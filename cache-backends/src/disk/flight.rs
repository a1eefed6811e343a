//! Who runs a key, among all processes that have the directory open (`single_flight = "shared"`).
//!
//! Each key has a byte of the file `flights`, and whoever has it locked runs. (The file stays empty: a lock needs no byte
//! to be there.) A lock belongs to one opening of the file, and the kernel lets go of it when that is closed, so it does
//! not outlive a process, however that ends. (A child of a `fork` without `exec` has the opening too, and would keep what
//! its parent had when it was killed.) Whoever does not get the lock tries again after a while: nothing wakes those who
//! wait for a process that is killed.
//!
//! Where the file cannot be opened or locked everyone runs.

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cache_core::key::Key;
use cache_core::{BackendError, Clock, Lead, Lease, Reply, Seen, Slot, within};

use super::Part;
use super::name::Name;
use super::os;
use super::table::{Address, Kind};

/// How long who waits lets pass before the first try, and between any two at most.
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// The bytes that this process has locked in one directory.
#[derive(Debug, Default)]
pub(super) struct Rights(Mutex<HashSet<u64>>);

impl Rights {
    fn lock(&self) -> MutexGuard<'_, HashSet<u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The byte of one key, in an opening of the file of its own.
struct Byte {
    file: File,
    at: u64,
    rights: Arc<Rights>,
}

/// How trying to lock a byte went.
enum Tried {
    Locked(Locked),
    OfAnother(Byte),
    /// What this process has it does not wait for.
    OfThisProcess,
}

impl Byte {
    fn lock(self) -> io::Result<Tried> {
        // Held over the system call, so that the set and the file agree.
        let mut rights = self.rights.lock();
        if rights.contains(&self.at) {
            return Ok(Tried::OfThisProcess);
        }
        if !os::lock_byte(&self.file, self.at)? {
            drop(rights);
            return Ok(Tried::OfAnother(self));
        }
        rights.insert(self.at);
        drop(rights);
        Ok(Tried::Locked(Locked { byte: self, forks: os::forks() }))
    }
}

/// A byte that is locked until this is dropped.
struct Locked {
    byte: Byte,
    forks: u32,
}

impl Drop for Locked {
    fn drop(&mut self) {
        // A child of a fork has the same opening, and would unlock what its parent has.
        if os::forks() != self.forks {
            return;
        }
        let mut rights = self.byte.rights.lock();
        rights.remove(&self.byte.at);
        // Closing is not enough where a child has the opening too. Should it fail, closing is what is left.
        let _ = os::unlock_byte(&self.byte.file, self.byte.at);
    }
}

impl Part {
    /// See [`cache_core::Backend::lead`].
    pub(super) fn lead_at<'a>(&'a self, key: &'a Key<'a>, seen: &'a Seen, patience: Duration) -> Reply<'a, Lead> {
        let at = byte_of(&self.place(&Name::of(&Slot::Entry(key))).address);
        let rights = Arc::clone(&self.environment.rights);
        let tried = self.environment.directory.flights().and_then(|file| Byte { file, at, rights }.lock());
        match settled(tried) {
            Ok(lead) => Reply::ready(Ok(lead)),
            Err(byte) => Reply::pending(self.wait_to_lead(byte, key, seen, patience)),
        }
    }

    async fn wait_to_lead(
        &self,
        mut byte: Byte,
        key: &Key<'_>,
        seen: &Seen,
        patience: Duration,
    ) -> Result<Lead, BackendError> {
        // Other processes take their time, whatever the clock of a test says.
        let clock = Clock::system();
        let ends = clock.now().saturating_add(u64::try_from(patience.as_millis()).unwrap_or(u64::MAX));
        let mut pause = FIRST_PAUSE;
        loop {
            let left = Duration::from_millis(ends.saturating_sub(clock.now()));
            if left.is_zero() {
                return Ok(Lead::Changed);
            }
            within(&clock, pause.min(left), std::future::pending::<()>()).await;
            byte = match settled(byte.lock()) {
                Ok(lead) => return Ok(lead),
                Err(byte) => byte,
            };
            if self.has_changed(key, seen)? {
                return Ok(Lead::Changed);
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Whether a slot does not hold any more what was seen there.
    fn has_changed(&self, key: &Key<'_>, seen: &Seen) -> Result<bool, BackendError> {
        let name = Name::of(&Slot::Entry(key));
        let place = self.place(&name);
        let now = self.read(|open, txn, now| {
            let record = open.tables.record(txn, Kind::Entry, &place.address)?.filter(|record| place.is_of(record));
            let record = self.unless_cleared(open, txn, &place, record)?;
            self.seen(open, txn, record.as_ref(), now)
        })?;
        Ok(now.stamp_value() != seen.stamp_value() || now.bytes() != seen.bytes())
    }
}

/// What a try comes to, or the byte where another process has it.
fn settled(tried: io::Result<Tried>) -> Result<Lead, Byte> {
    match tried {
        Ok(Tried::Locked(locked)) => Ok(Lead::Granted(Lease::new(locked))),
        Ok(Tried::OfThisProcess) | Err(_) => Ok(Lead::Unshared),
        Ok(Tried::OfAnother(byte)) => Err(byte),
    }
}

/// Which byte stands for a slot. Two slots with the same one would wait for each other's runs, and that is all.
fn byte_of(address: &Address) -> u64 {
    let (part, hash) = address.split_at(8);
    let number = |bytes: &[u8]| bytes.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
    // Within what an offset in a file can be.
    (number(part) ^ number(hash)) >> 2
}
