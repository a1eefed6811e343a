//! [`DiskBuilder`]: the options of a disk handler, and what is wrong with them.

use std::path::PathBuf;

use cache_core::{DEFAULT_EXPIRE, Env, Error, IntoHandler, Opened, Result, Ttl};

use super::Disk;
use super::environment::Environment;
use super::open::Room;
use super::queue::{Bound, Bounds};

/// The address space that is set aside for the file where nothing is said about its size. It takes no memory and no
/// room on the disk; it is what the file could grow to.
const DEFAULT_MAP: u64 = if cfg!(target_pointer_width = "64") { 64 << 30 } else { 1 << 30 };

/// Options of a disk handler: see [`Disk::builder`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is given to a cache"]
pub struct DiskBuilder {
    cache_dir: PathBuf,
    threshold: usize,
    max_bytes: Option<u64>,
    map_size: Option<u64>,
    default_expire: Ttl,
    prefix: String,
}

impl Default for DiskBuilder {
    fn default() -> Self {
        Self {
            cache_dir: "cache".into(),
            threshold: 500,
            max_bytes: None,
            map_size: None,
            default_expire: Ttl::For(DEFAULT_EXPIRE),
            prefix: String::new(),
        }
    }
}

impl DiskBuilder {
    /// The directory; it is made if it is not there. Every process that opens the same one shares its entries. Larder
    /// keeps to `v3/` in it and touches nothing else. "cache" unless set.
    pub fn cache_dir(mut self, directory: impl Into<PathBuf>) -> Self {
        self.cache_dir = directory.into();
        self
    }

    /// How many entries there are at most, by all processes together; of those that nobody has read lately, the oldest go
    /// first. 500 unless set.
    ///
    /// What was invalidated within the last hour is no entry. It is remembered beside them, in two fifths of the file and
    /// 32 MiB at most.
    pub const fn threshold(mut self, entries: usize) -> Self {
        self.threshold = entries;
        self
    }

    /// How much room the entries take at most, by all processes together, in bytes of the disk: a value of more than
    /// about 2,000 bytes takes whole pages of 4 KiB, and one of 256 KiB or more has a file of its own. Smaller ones share pages
    /// that are half empty, so one takes twice its length with its key's, and some 300 bytes. The store's file
    /// stays within half as much again and 64 MiB. No limit unless set.
    pub const fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = Some(bytes);
        self
    }

    /// How large the store's file may grow, beside values of 256 KiB and more, for the few programs that have to limit their address space. 64 GiB unless this
    /// or [`max_bytes`](Self::max_bytes) is set. The largest of the handlers on one directory counts.
    pub const fn map_size(mut self, bytes: u64) -> Self {
        self.map_size = Some(bytes);
        self
    }

    /// How long results are fresh where neither the function nor the call says so. 300 s unless set.
    pub fn default_expire(mut self, ttl: impl Into<Ttl>) -> Self {
        self.default_expire = ttl.into();
        self
    }

    /// What stands before every key. Handlers with different prefixes on one directory share nothing: not their
    /// entries, not their bounds, not what clears them. "" unless set.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    fn check(&self) -> Result<()> {
        let mut reasons = Vec::new();
        if self.threshold == 0 {
            reasons.push(
                "disk handler: `threshold(0)` leaves no room for any entry; write how many there may be, such as \
                 `threshold(500)`, or leave the handler out"
                    .to_owned(),
            );
        }
        if self.max_bytes.is_some_and(|bytes| bytes < SMALLEST_BOUND) {
            reasons.push(format!(
                "disk handler: `max_bytes` is less than {SMALLEST_BOUND}, which is less than one page and what belongs \
                 to it; write a limit that values fit into, such as `max_bytes(64 << 20)`, or leave it out"
            ));
        }
        if self.map_size.is_some_and(|bytes| bytes < SMALLEST_MAP) {
            reasons.push(format!(
                "disk handler: `map_size` is less than {SMALLEST_MAP}, which LMDB cannot work in; write at least that \
                 much, or leave it out"
            ));
        }
        if self.cache_dir.as_os_str().is_empty() {
            reasons.push(
                "disk handler: `cache_dir` is empty; write the path of a directory, such as `cache_dir(\"cache\")`"
                    .to_owned(),
            );
        }
        if reasons.is_empty() { Ok(()) } else { Err(Error::Config(reasons)) }
    }

    fn map(&self) -> u64 {
        match (self.map_size, self.max_bytes) {
            (Some(size), _) => size,
            // Room that is free but scattered, and pages that readers hold while others are written.
            (None, Some(bytes)) => bytes.saturating_add(bytes / 2).saturating_add(64 << 20),
            (None, None) => DEFAULT_MAP,
        }
    }
}

const SMALLEST_BOUND: u64 = 8_192;
const SMALLEST_MAP: u64 = 1 << 20;

impl IntoHandler for DiskBuilder {
    fn open(self, env: &Env) -> Result<Opened> {
        self.check()?;
        let cannot = |error| Error::config(format!("disk handler: `cache_dir` {:?}: {error}", self.cache_dir));
        let rows = u64::try_from(self.threshold).unwrap_or(u64::MAX);
        let room = Room { map: self.map(), entries: rows };
        let environment = Environment::open(&self.cache_dir, room, &env.clock).map_err(cannot)?;
        let entries = Bound { rows, bytes: self.max_bytes.unwrap_or(u64::MAX) };
        let disk = Disk::new(environment, self.prefix.clone(), Bounds::new(entries, self.map()), env.clock.clone());
        disk.keep_within().map_err(cannot)?;
        Ok(Opened::new(disk).default_expire(self.default_expire))
    }
}
