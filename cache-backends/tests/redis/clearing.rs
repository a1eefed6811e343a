//! Removing many keys, and leaving all others alone.

use cache_core::key::{Key, Recorder, Space};
use cache_core::{Backend, EpochName, Life, Pattern, Slot, Stored, When, block_on};

use crate::server::{Server, open};

fn set(backend: &dyn Backend, key: &Key<'_>) {
    let value = Some(Stored::Bytes(b"value".to_vec()));
    assert!(block_on(backend.put(Slot::Entry(key), value, Life::FOREVER, When::Always)).unwrap());
}

fn keys(server: &Server) -> Vec<Vec<u8>> {
    let mut keys: Vec<Vec<u8>> = redis::cmd("KEYS").arg("*").query(&mut server.raw()).unwrap();
    keys.sort();
    keys
}

#[test]
fn reclaim_removes_entries_and_nothing_of_anyone_else() {
    let server = Server::start();
    let (one, other) = (open(server.builder().prefix("a*:")), open(server.builder().prefix("ab:")));
    let foreign: [&[u8]; 10] = [
        b"theirs",
        b"k:theirs",
        b"a:k:theirs",
        b"ax:k:theirs",
        b"a*:x:theirs",
        b"a*:keep",
        b"a*:f:theirs",
        b"a*:k:\xff\xfe",
        b"a*:f:1:\xff",
        b"\xff\xfe",
    ];
    for key in foreign {
        redis::cmd("SET").arg(key).arg("theirs").exec(&mut server.raw()).unwrap();
    }
    redis::cmd("RPUSH").arg("a*:k:list").arg("theirs").exec(&mut server.raw()).unwrap();
    redis::cmd("SET").arg("a*:l:lock").arg("ours").exec(&mut server.raw()).unwrap();
    let (plain, readable) = (Space::function("f", 3), Space::function("g", 0).with_template(&["x:", ""]));
    let mut recorder = Recorder::new();
    recorder.display(format_args!("7"));
    for backend in [&one, &other] {
        set(&**backend, &Key::direct("a"));
        set(&**backend, &Key::new(&plain, recorder.bytes()));
        set(&**backend, &Key::new(&readable, recorder.bytes()));
        block_on(backend.epochs(&[EpochName::HANDLER, EpochName::tag("t")], Life::FOREVER)).unwrap();
    }
    let before = keys(&server);
    block_on(one.reclaim()).unwrap();
    let gone: Vec<String> = {
        let after = keys(&server);
        before.iter().filter(|key| !after.contains(key)).map(|key| String::from_utf8_lossy(key).into_owned()).collect()
    };
    let expected: Vec<bool> =
        ["a*:f:0:g:x:7", "a*:f:3#f:", "a*:k:a", "a*:l:lock"].iter().zip(&gone).map(|(a, b)| b.starts_with(a)).collect();
    assert_eq!(expected, [true; 4], "these were removed: {gone:?}");
    assert_eq!(gone.len(), 4, "these were removed: {gone:?}");
}

#[test]
fn a_sweep_leaves_tombstones_to_the_runs_that_they_stop() {
    let server = Server::start();
    let backend = server.backend();
    let key = Key::direct("a");
    let before = block_on(backend.look(&key, &[])).unwrap();
    let tombstone = Stored::Bytes(b"a number of its own".to_vec());
    block_on(backend.invalidate(&key, tombstone, Life::FOREVER)).unwrap();
    block_on(backend.remove_matching(&Pattern::new("*"))).unwrap();
    block_on(backend.reclaim()).unwrap();
    let when = When::Unchanged { seen: &before.seen(), epoch: None };
    let late = Some(Stored::Bytes(b"late".to_vec()));
    assert!(!block_on(backend.put(Slot::Entry(&key), late, Life::FOREVER, when)).unwrap());
    let look = block_on(backend.look(&key, &[])).unwrap();
    assert_eq!(look.stored.as_ref().and_then(Stored::as_bytes), Some(&b"a number of its own"[..]));
}

#[test]
fn many_entries_are_reclaimed() {
    let server = Server::start();
    let backend = server.backend();
    let mut pipeline = redis::pipe();
    for index in 0..30_000 {
        pipeline.cmd("SET").arg(format!("cache:k:{index}")).arg("value").ignore();
    }
    pipeline.exec(&mut server.raw()).unwrap();
    block_on(backend.reclaim()).unwrap();
    crate::server::eventually("all are gone", || redis::cmd("DBSIZE").query::<usize>(&mut server.raw()).unwrap() == 0);
    assert_eq!(server.calls("keys") + server.calls("flushdb") + server.calls("flushall"), 0);
}

#[test]
fn patterns_take_special_characters_as_they_are() {
    let server = Server::start();
    let backend = open(server.builder().prefix("[p]*^?\\:"));
    let texts = ["a[1]", "a1", "a*b", "a\\b", "a^", "ä", "a\nb", "a?", "f:1:x"];
    for (pattern, expected) in [
        ("a[1]", &["a[1]"][..]),
        (r"a\*b", &["a*b"]),
        (r"a\\b", &["a\\b"]),
        ("a^", &["a^"]),
        ("?", &["ä"]),
        (r"a\?", &["a?"]),
        ("a?b", &["a*b", "a\\b", "a\nb"]),
        ("f:*", &["f:1:x"]),
        ("*a*1*]*", &["a[1]"]),
        ("*a*a*a*a*a*", &[]),
    ] {
        for text in texts {
            set(&*backend, &Key::direct(text));
        }
        block_on(backend.remove_matching(&Pattern::new(pattern))).unwrap();
        let gone: Vec<&str> = texts
            .into_iter()
            .filter(|text| block_on(backend.get(&[Slot::Entry(&Key::direct(text))])).unwrap()[0].is_none())
            .collect();
        assert_eq!(gone, expected, "{pattern}");
    }
}
