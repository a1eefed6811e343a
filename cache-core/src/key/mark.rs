//! [`mark`]: the hash of a key in this process.

use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::LazyLock;

use foldhash::SharedSeed;
use foldhash::fast::SeedableRandomState;

use super::Probe;

/// What all marks of this process begin with: nobody who picks arguments can pick their marks.
#[derive(Clone, Debug)]
pub struct Secret(SeedableRandomState);

static SECRET: LazyLock<Secret> = LazyLock::new(|| {
    let seed = foldhash::fast::RandomState::default().hash_one(0_u8);
    Secret(SeedableRandomState::with_seed(seed, SharedSeed::global_random()))
});

impl Secret {
    /// That of this process.
    #[must_use]
    pub fn of_process() -> Self {
        SECRET.clone()
    }

    /// [`mark`], where the secret is at hand.
    #[inline]
    pub fn mark<P: Probe + ?Sized>(&self, probe: &P) -> u64 {
        let mut hasher = self.0.build_hasher();
        probe.feed(&mut hasher);
        hasher.finish()
    }
}

/// The hash of a key among those of its function, in this process. Probes of all kinds that record the same bytes for one
/// function have the same.
pub fn mark<P: Probe + ?Sized>(probe: &P) -> u64 {
    SECRET.mark(probe)
}
