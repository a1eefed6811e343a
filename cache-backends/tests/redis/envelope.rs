//! Entries that are compressed and encrypted: what is really on the server, and what is made of what is put there.

use std::sync::Arc;
use std::time::Duration;

use cache_backends::{Compression, RedisBuilder};
use cache_core::key::Key;
use cache_core::{Backend, Blocking, Cache, EpochName, Life, Slot, Stored, TOMBSTONE, When, block_on, contract};

use crate::server::{Server, open, opened};

pub(crate) const CURRENT: [u8; 32] = *b"the key that is written with, 32";
pub(crate) const OLD: [u8; 32] = *b"the key that was written with 32";
const SECRET: &str = "a sentence that nobody else is to read, ";

fn put(backend: &dyn Backend, key: &str, bytes: &[u8]) {
    let (key, stored) = (Key::direct(key), Stored::Bytes(bytes.to_vec()));
    assert!(block_on(backend.put(Slot::Entry(&key), Some(stored), Life::FOREVER, When::Always)).unwrap());
}

/// What `get` gives, which is what `look` gives where that is no tombstone.
fn read(backend: &dyn Backend, key: &str) -> Option<Vec<u8>> {
    let key = Key::direct(key);
    let bytes = |stored: Option<Stored>| stored.and_then(|stored| stored.as_bytes().map(<[u8]>::to_vec));
    let got = bytes(block_on(backend.get(&[Slot::Entry(&key)])).unwrap().remove(0));
    let looked = bytes(block_on(backend.look(&key, &[])).unwrap().stored);
    assert_eq!(got, looked.filter(|bytes| !bytes.starts_with(TOMBSTONE)), "`get` and `look` differ");
    got
}

fn raw(server: &Server, key: &str) -> Vec<u8> {
    redis::cmd("GET").arg(key).query(&mut server.raw()).unwrap()
}

fn put_raw(server: &Server, key: &str, bytes: &[u8]) {
    redis::cmd("SET").arg(key).arg(bytes).exec(&mut server.raw()).unwrap();
}

pub(crate) fn cache(builder: RedisBuilder) -> Blocking {
    Cache::builder().handler("redis", builder).build().unwrap().blocking()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Every way to wrap entries.
fn ways(server: &Server) -> Vec<RedisBuilder> {
    let zstd = || server.builder().compress_over(0).compression(Compression::Zstd { level: 3 });
    vec![
        server.builder().compress_over(0),
        zstd(),
        server.builder().encrypt(CURRENT).decrypt_with(OLD),
        zstd().encrypt(CURRENT),
    ]
}

#[test]
fn it_passes_the_contract_whatever_entries_are_wrapped_in() {
    let server = Server::start();
    for (way, builder) in ways(&server).into_iter().enumerate() {
        let number = std::sync::atomic::AtomicUsize::new(0);
        contract::check(&|_| {
            let number = number.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            opened(builder.clone().prefix(format!("{way}:{number}:")))
        });
    }
}

#[test]
fn a_value_is_readable_on_the_server_only_where_it_is_not_encrypted() {
    let server = Server::start();
    let value = SECRET.repeat(100);
    cache(server.builder()).set("a", value.clone(), 60).unwrap();
    assert!(contains(&raw(&server, "cache:k:a"), SECRET.as_bytes()));
    for builder in [server.builder().encrypt(CURRENT), server.builder().encrypt(CURRENT).compress_over(1_000)] {
        cache(builder.clone()).set("a", value.clone(), 60).unwrap();
        let there = raw(&server, "cache:k:a");
        for readable in [&SECRET.as_bytes()[..8], b"lrd", &CURRENT[..8]] {
            assert!(!contains(&there, readable));
        }
        assert_eq!(cache(builder).get::<String>("a").unwrap(), Some(value.clone()));
    }
}

#[test]
fn what_is_stored_stays_readable_when_compression_changes() {
    let server = Server::start();
    let value = SECRET.repeat(100);
    let builders = || {
        let over = server.builder().compress_over(1_000);
        [server.builder(), over.clone(), over.compression(Compression::Zstd { level: 3 })]
    };
    let mut lengths = Vec::new();
    for writer in builders() {
        cache(writer).set("a", value.clone(), 60).unwrap();
        lengths.push(raw(&server, "cache:k:a").len());
        for reader in builders() {
            assert_eq!(cache(reader).get::<String>("a").unwrap().as_ref(), Some(&value));
        }
    }
    assert!(lengths[0] > 4_000 && lengths[1] < 400 && lengths[2] < lengths[1], "{lengths:?}");
    cache(server.builder().compress_over(1_000)).set("small", SECRET.to_owned(), 60).unwrap();
    assert!(contains(&raw(&server, "cache:k:small"), SECRET.as_bytes()), "a small entry is stored as it is");
}

#[test]
fn an_entry_under_another_key_or_prefix_or_kind_is_a_miss() {
    let server = Server::start();
    let backend = open(server.builder().encrypt(CURRENT));
    put(&*backend, "a", b"one");
    put(&*backend, "b", b"other");
    let (one, other) = (raw(&server, "cache:k:a"), raw(&server, "cache:k:b"));
    put_raw(&server, "cache:k:a", &other);
    put_raw(&server, "cache:k:b", &one);
    assert_eq!((read(&*backend, "a"), read(&*backend, "b")), (None, None));
    put_raw(&server, "cache:k:a", &one);
    assert_eq!(read(&*backend, "a").as_deref(), Some(&b"one"[..]));
    put_raw(&server, "other:k:a", &one);
    assert_eq!(read(&*open(server.builder().encrypt(CURRENT).prefix("other:")), "a"), None);
    put_raw(&server, "cache:e:t:a", &one);
    assert_eq!(block_on(backend.current(&[EpochName::tag("a")])).unwrap(), [None]);
}

#[test]
fn an_entry_with_any_bit_changed_is_a_miss() {
    let server = Server::start();
    let backend = open(server.builder().encrypt(CURRENT));
    put(&*backend, "a", b"value");
    let there = raw(&server, "cache:k:a");
    for bit in 0..there.len() * 8 {
        let mut changed = there.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        put_raw(&server, "cache:k:a", &changed);
        assert_eq!(read(&*backend, "a"), None, "bit {bit} of {}", there.len() * 8);
    }
    put_raw(&server, "cache:k:a", &there);
    assert_eq!(read(&*backend, "a").as_deref(), Some(&b"value"[..]));
}

#[test]
fn a_compressed_result_with_any_bit_changed_is_a_miss_or_the_result() {
    let server = Server::start();
    let cache = cache(server.builder().compress_over(0));
    let value = SECRET.repeat(4);
    cache.set("a", value.clone(), 60).unwrap();
    let there = raw(&server, "cache:k:a");
    for bit in 0..there.len() * 8 {
        let mut changed = there.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        put_raw(&server, "cache:k:a", &changed);
        if let Some(found) = cache.get::<String>("a").unwrap() {
            assert_eq!(found, value);
        }
    }
}

/// Everything that whoever can write to the server may put into a slot.
#[test]
fn with_encryption_nothing_else_is_trusted() {
    let server = Server::start();
    let encrypting = server.builder().encrypt(CURRENT);
    cache(server.builder().compress_over(0)).set("a", SECRET.repeat(10), 60).unwrap();
    let compressed = raw(&server, "cache:k:a");
    cache(server.builder()).set("a", SECRET.to_owned(), 60).unwrap();
    let plain = raw(&server, "cache:k:a");
    cache(server.builder().encrypt(OLD)).set("a", SECRET.to_owned(), 60).unwrap();
    let of_another_key = raw(&server, "cache:k:a");
    let as_a_tombstone = [&b"\0larder:tombs:1\0"[..], &plain].concat();
    let backend = open(encrypting.clone());
    for forged in [plain, compressed, of_another_key, as_a_tombstone] {
        put_raw(&server, "cache:k:a", &forged);
        assert_eq!(read(&*backend, "a"), None);
        assert_eq!(cache(encrypting.clone()).get::<String>("a").unwrap(), None);
        assert_eq!(cache(encrypting.clone()).get_or_set_with("a", 60, || "run".to_owned()).unwrap(), "run");
        assert_eq!(cache(encrypting.clone()).get::<String>("a").unwrap().as_deref(), Some("run"), "it is overwritten");
    }
}

#[test]
fn without_the_key_an_encrypted_entry_is_a_miss_that_is_overwritten() {
    let server = Server::start();
    for reader in [server.builder(), server.builder().encrypt(OLD), server.builder().compress_over(0)] {
        cache(server.builder().encrypt(CURRENT)).set("a", SECRET.to_owned(), 60).unwrap();
        let reader = cache(reader);
        assert_eq!(reader.get::<String>("a").unwrap(), None);
        assert_eq!(reader.get_or_set_with("a", 60, || "run".to_owned()).unwrap(), "run");
        assert_eq!(reader.get::<String>("a").unwrap().as_deref(), Some("run"));
    }
}

#[test]
fn an_older_key_reads_what_it_wrote_until_that_is_written_anew() {
    let server = Server::start();
    cache(server.builder().encrypt(OLD)).set("a", SECRET.to_owned(), 60).unwrap();
    let rotated =
        cache(server.builder().encrypt(CURRENT).decrypt_with(*b"a key that has written no byte..").decrypt_with(OLD));
    assert_eq!(rotated.get::<String>("a").unwrap().as_deref(), Some(SECRET));
    rotated.set("b", SECRET.to_owned(), 60).unwrap();
    assert_eq!(cache(server.builder().encrypt(CURRENT)).get::<String>("b").unwrap().as_deref(), Some(SECRET));
    assert_eq!(cache(server.builder().encrypt(OLD)).get::<String>("b").unwrap(), None);
    let id = |key: &str| raw(&server, key)[5..13].to_vec();
    assert_ne!(id("cache:k:a"), id("cache:k:b"), "the key that an entry was written with is told by its id");
}

/// An entry that cannot be read may be written over a tombstone, so the slot has to stay for as long as a run may last.
#[test]
fn what_overwrites_an_entry_that_cannot_be_read_keeps_its_slot_for_an_hour() {
    let server = Server::start();
    let life = || -> i64 { redis::cmd("PTTL").arg("cache:k:a").query(&mut server.raw()).unwrap() };
    let (one, other) = (cache(server.builder().encrypt(OLD)), cache(server.builder().encrypt(CURRENT)));
    one.get_or_set_with("a", 10, || 1).unwrap();
    assert!(life() <= 10_000, "{}", life());
    other.get_or_set_with("a", 10, || 2).unwrap();
    assert!((3_500_000..=3_600_000).contains(&life()), "{}", life());
    // Fresh it is for ten seconds all the same, and what comes next need not remember for longer.
    assert_eq!(other.get::<i32>("a").unwrap(), Some(2));
}

#[test]
fn an_invalidation_defeats_runs_and_stays_a_tombstone_to_everyone() {
    let server = Server::start();
    let (one, other) = (open(server.builder().encrypt(OLD)), open(server.builder().encrypt(CURRENT)));
    let key = Key::direct("a");
    put(&*one, "a", b"value");
    let before = block_on(one.look(&key, &[])).unwrap();
    let unreadable = block_on(other.look(&key, &[])).unwrap();
    let tombstone = Stored::Bytes([TOMBSTONE, &7_u64.to_le_bytes(), b"0123456789abcdef"].concat());
    block_on(other.invalidate(&key, tombstone.clone(), Life::of(Duration::from_secs(60)))).unwrap();
    for (backend, look) in [(&one, &before), (&other, &unreadable)] {
        let when = When::Unchanged { seen: &look.seen(), epoch: None };
        let late = Some(Stored::Bytes(b"late".to_vec()));
        assert!(!block_on(backend.put(Slot::Entry(&key), late, Life::FOREVER, when)).unwrap());
        let seen = block_on(backend.look(&key, &[])).unwrap();
        assert_eq!(seen.stored.as_ref().and_then(Stored::as_bytes), tombstone.as_bytes());
        assert!(block_on(backend.holds(&key, &seen.seen())).unwrap());
        assert!(!block_on(backend.holds(&key, &look.seen())).unwrap());
    }
}

/// What a look saw is on the server; what who wrote it saw is inside.
#[test]
fn a_slot_holds_what_was_seen_there_and_what_was_written() {
    let server = Server::start();
    for (way, builder) in ways(&server).into_iter().enumerate() {
        let backend = open(builder.prefix(format!("{way}:")));
        let key = Key::direct("a");
        let written = Stored::Bytes([b"\xA7lrd a number of its own"[..].to_vec(), vec![0; 1_000]].concat());
        put(&*backend, "a", written.as_bytes().unwrap());
        let looked = block_on(backend.look(&key, &[])).unwrap();
        assert_eq!(looked.stored.as_ref().and_then(Stored::as_bytes), written.as_bytes());
        assert!(block_on(backend.holds(&key, &looked.seen())).unwrap());
        assert!(block_on(backend.holds(&key, &cache_core::Seen::of(Some(&written)))).unwrap());
        put(&*backend, "a", written.as_bytes().unwrap());
        assert!(!block_on(backend.holds(&key, &looked.seen())).unwrap(), "equal bytes of another write");
    }
}

#[test]
fn callers_who_wait_for_a_run_share_its_result_that_is_wrapped() {
    let server = Server::start();
    for builder in ways(&server) {
        let cache = Arc::new(cache(builder));
        let (runs, begun) = (std::sync::atomic::AtomicUsize::new(0), std::sync::Barrier::new(8));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    begun.wait();
                    let run = || {
                        runs.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                        std::thread::park_timeout(Duration::from_millis(20));
                        SECRET.repeat(50)
                    };
                    assert_eq!(cache.get_or_set_with("shared", 60, run).unwrap(), SECRET.repeat(50));
                });
            }
        });
        assert_eq!(runs.into_inner(), 1);
        cache.remove("shared").unwrap();
    }
}
