//! A handler whose operations are made short.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use cache_backends::{Disk, DiskBuilder};
use cache_core::key::Key;
use cache_core::{
    Backend, Clock, Env, Epoch, EpochName, IntoHandler, Life, Opened, Pattern, Result, Seen, Slot, Stored, When,
    block_on,
};

pub(crate) fn builder(directory: impl AsRef<Path>) -> DiskBuilder {
    Disk::builder().cache_dir(directory.as_ref())
}

pub(crate) fn open_on(builder: DiskBuilder, env: &Env) -> Opened {
    builder.open(env).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) struct Store {
    backend: Arc<dyn Backend>,
    pub(crate) clock: Clock,
}

pub(crate) fn open(builder: DiskBuilder) -> Store {
    try_open(builder).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn try_open(builder: DiskBuilder) -> Result<Store> {
    try_open_with(builder, &Env { clock: Clock::standing() })
}

pub(crate) fn open_with(builder: DiskBuilder, env: &Env) -> Store {
    try_open_with(builder, env).unwrap_or_else(|error| panic!("{error}"))
}

fn try_open_with(builder: DiskBuilder, env: &Env) -> Result<Store> {
    let opened = builder.open(env)?;
    Ok(Store { backend: Arc::clone(opened.backend()), clock: env.clock.clone() })
}

impl Store {
    pub(crate) fn get(&self, key: &str) -> Option<Vec<u8>> {
        let key = Key::direct(key);
        let found = block_on(self.backend.get(&[Slot::Entry(&key)])).unwrap().pop().flatten();
        found.map(|stored| stored.as_bytes().unwrap().to_vec())
    }

    /// What a hit sees, if it can look.
    pub(crate) fn glance(&self, key: &str) -> Option<Vec<u8>> {
        let mut shown = None;
        self.backend.glance(&Key::direct(key), &mut |bytes, _, _| shown = Some(bytes.to_vec()));
        shown
    }

    pub(crate) fn set(&self, key: &str, bytes: &[u8]) -> bool {
        self.set_for(key, bytes, Life::FOREVER)
    }

    pub(crate) fn set_for(&self, key: &str, bytes: &[u8], life: Life) -> bool {
        self.try_set(key, bytes, life).unwrap()
    }

    pub(crate) fn try_set(&self, key: &str, bytes: &[u8], life: Life) -> Result<bool, cache_core::BackendError> {
        let key = Key::direct(key);
        block_on(self.backend.put(Slot::Entry(&key), Some(Stored::Bytes(bytes.to_vec())), life, When::Always))
    }

    /// Lets go of the future at once.
    pub(crate) fn begin_to_set(&self, key: &str, bytes: &[u8]) {
        let (key, stored) = (Key::direct(key), Some(Stored::Bytes(bytes.to_vec())));
        drop(self.backend.put(Slot::Entry(&key), stored, Life::FOREVER, When::Always));
    }

    pub(crate) fn remove(&self, key: &str) {
        let key = Key::direct(key);
        block_on(self.backend.put(Slot::Entry(&key), None, Life::FOREVER, When::Always)).unwrap();
    }

    pub(crate) fn seen(&self, key: &str) -> Seen {
        block_on(self.backend.look(&Key::direct(key), &[])).unwrap().seen()
    }

    pub(crate) fn commit(&self, key: &str, bytes: &[u8], life: Life, seen: &Seen) -> bool {
        let (key, stored) = (Key::direct(key), Some(Stored::Bytes(bytes.to_vec())));
        block_on(self.backend.put(Slot::Entry(&key), stored, life, When::Unchanged { seen, epoch: None })).unwrap()
    }

    pub(crate) fn invalidate(&self, key: &str, life: Life) {
        let tombstone = Stored::Bytes(Epoch::random().to_bytes().to_vec());
        block_on(self.backend.invalidate(&Key::direct(key), tombstone, life)).unwrap();
    }

    /// The right to run `key`, waited for as long as `patience` says.
    #[cfg(target_os = "linux")]
    pub(crate) fn lead(&self, key: &str, patience: Duration) -> cache_core::Lead {
        let key = Key::direct(key);
        let seen = block_on(self.backend.look(&key, &[])).unwrap().seen();
        block_on(self.backend.lead(&key, &seen, patience)).unwrap()
    }

    pub(crate) fn epoch(&self, tag: &str) -> Epoch {
        block_on(self.backend.epochs(&[EpochName::tag(tag)], seconds(60))).unwrap()[0]
    }

    pub(crate) fn renew(&self, tag: &str) {
        block_on(self.backend.renew(&[EpochName::tag(tag)])).unwrap();
    }

    pub(crate) fn remove_matching(&self, pattern: &str) {
        block_on(self.backend.remove_matching(&Pattern::new(pattern))).unwrap();
    }

    pub(crate) fn reclaim(&self) {
        block_on(self.backend.reclaim()).unwrap();
    }
}

pub(crate) fn seconds(seconds: u64) -> Life {
    Life::of(Duration::from_secs(seconds))
}

/// The directory of the newest generation.
pub(crate) fn generation(cache_dir: &Path) -> std::path::PathBuf {
    let numbers = std::fs::read_dir(cache_dir.join("v3")).unwrap().filter_map(|entry| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        name.parse::<u64>().ok()
    });
    cache_dir.join("v3").join(numbers.max().unwrap().to_string())
}
