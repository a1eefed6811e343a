//! The stores beside larder: LMDB as it is, and what others make of theirs.

use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cached::{ConcurrentCached, RedbCache};
use foyer::{BlockEngineConfig, DeviceBuilder, FsDeviceBuilder, HybridCache, HybridCacheBuilder};
use heed::types::Bytes;
use heed::{CommitOrAbort, Database, Env, EnvFlags, EnvOpenOptions};
use rusqlite::Connection;
use serde_bytes::ByteBuf;

use crate::values::Size;

/// LMDB, with the flags that larder opens it with, by the keys that are given, and with nothing around it.
#[derive(Clone)]
pub struct Raw {
    pub env: Env,
    pub rows: Database<'static, Bytes, Bytes>,
}

/// As much address space as a file of larder's has.
const MAP: usize = 64 << 30;
const READERS: u32 = 4_096;
const TABLES: u32 = 8;

/// How many rows a transaction that fills a store has.
const BATCH: usize = 1_000;

impl Raw {
    pub fn open(folder: &Path) -> Self {
        fs::create_dir_all(folder).expect("a folder");
        let mut options = EnvOpenOptions::new();
        options.map_size(MAP).max_readers(READERS).max_dbs(TABLES);
        // SAFETY: the folder is this benchmark's own, and nobody but LMDB writes to the file. NO_SYNC gives up what a
        // crash of the machine would cost, and the file is removed anyway.
        let env = unsafe {
            options.flags(EnvFlags::NO_SYNC | EnvFlags::NO_READ_AHEAD);
            options.open(folder).expect("an environment")
        };
        let txn = env.write_txn().expect("a transaction");
        let opened = env.create_databases_and_commit(txn, |opener, txn| {
            let rows = opener.create_database::<Bytes, Bytes>(txn, Some("rows"))?;
            Ok::<_, heed::Error>(CommitOrAbort::<_, Infallible>::Commit(rows))
        });
        let CommitOrAbort::Commit(rows) = opened.expect("a table");
        Self { env, rows }
    }

    pub fn holding(folder: &Path, size: &Size) -> Self {
        let raw = Self::open(folder);
        raw.fill(size.all().map(|asked| (asked.key, size.value(asked.id))));
        raw
    }

    pub fn fill<K: AsRef<[u8]>>(&self, rows: impl Iterator<Item = (K, Vec<u8>)>) {
        let mut rows = rows.peekable();
        while rows.peek().is_some() {
            self.put(rows.by_ref().take(BATCH));
        }
    }

    /// Writes rows in one transaction.
    pub fn put<K: AsRef<[u8]>, V: AsRef<[u8]>>(&self, rows: impl IntoIterator<Item = (K, V)>) {
        let mut txn = self.env.write_txn().expect("a transaction");
        for (key, value) in rows {
            self.rows.put(&mut txn, key.as_ref(), value.as_ref()).expect("room");
        }
        txn.commit().expect("a commit");
    }

    /// A copy, in a transaction of its own.
    pub fn get(&self, key: &str) -> Option<Vec<u8>> {
        let txn = self.env.read_txn().expect("a transaction");
        self.rows.get(&txn, key.as_bytes()).expect("a table").map(<[u8]>::to_vec)
    }
}

pub type Redb = Arc<RedbCache<&'static str, ByteBuf>>;

/// The store that the crate `cached` has on disk, with its values as bytes, which it would write one by one otherwise,
/// and without syncing.
pub fn redb(folder: &Path, size: &Size) -> Redb {
    let cache = RedbCache::builder("bench").disk_dir(folder).ttl_secs(3600).durable(false).build().expect("a store");
    for asked in size.all() {
        cache.cache_set(asked.key, ByteBuf::from(size.value(asked.id))).expect("room");
    }
    Arc::new(cache)
}

/// SQLite, tuned for this: a log beside the file, nothing synced, the file mapped, and a table with row numbers, in which
/// large values do not slow down the search. It lives as long as the process, as statements borrow it.
pub fn sqlite(folder: &Path, size: &Size) -> &'static Connection {
    fs::create_dir_all(folder).expect("a folder");
    let connection = Connection::open(folder.join("rows.sqlite")).expect("a file");
    let tuned = "PRAGMA journal_mode = wal; PRAGMA synchronous = off; PRAGMA mmap_size = 1073741824;
        PRAGMA cache_size = -65536; PRAGMA temp_store = memory;
        CREATE TABLE entries (key BLOB NOT NULL UNIQUE, value BLOB NOT NULL);
        BEGIN";
    connection.execute_batch(tuned).expect("a table");
    let mut insert = connection.prepare(SQLITE_SET).expect("a statement");
    for asked in size.all() {
        insert.execute((asked.key.as_bytes(), size.value(asked.id))).expect("room");
    }
    drop(insert);
    connection.execute_batch("COMMIT; PRAGMA wal_checkpoint(truncate)").expect("a commit");
    Box::leak(Box::new(connection))
}

pub const SQLITE_GET: &str = "SELECT value FROM entries WHERE key = ?1";
pub const SQLITE_SET: &str =
    "INSERT INTO entries (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";

/// Memory with disk behind it, with so little memory that nearly every hit is one of the disk.
pub async fn foyer(folder: PathBuf, size: &Size) -> HybridCache<u64, Vec<u8>> {
    fs::create_dir_all(&folder).expect("a folder");
    let device = FsDeviceBuilder::new(folder).with_capacity(1 << 30).build().expect("a file");
    let cache = HybridCacheBuilder::new()
        .memory(FOYER_MEMORY)
        .storage()
        .with_engine_config(BlockEngineConfig::new(device))
        .build()
        .await
        .expect("a store");
    for asked in size.all() {
        cache.insert(asked.id, size.value(asked.id));
        // Its queue drops what comes faster than it writes.
        if asked.id % 100 == 0 {
            cache.storage().wait().await;
        }
    }
    cache.storage().wait().await;
    cache
}

/// How many entries it may keep in memory.
const FOYER_MEMORY: usize = 16;
