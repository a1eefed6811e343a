//! Keys of functions, which stand in their rows as they are while they are short.

use std::sync::Arc;

use cache_core::key::{Key, Space};
use cache_core::{Backend, Clock, Env, Epoch, EpochName, Life, Slot, Stored, When, block_on};
use tempfile::TempDir;

use super::tools::{builder, open_on};

fn put(backend: &Arc<dyn Backend>, key: &Key<'_>, bytes: &[u8]) {
    let stored = Some(Stored::Bytes(bytes.to_vec()));
    assert!(block_on(backend.put(Slot::Entry(key), stored, Life::FOREVER, When::Always)).unwrap());
}

fn get(backend: &Arc<dyn Backend>, key: &Key<'_>) -> Option<Vec<u8>> {
    let found = block_on(backend.get(&[Slot::Entry(key)])).unwrap().pop().flatten();
    found.map(|stored| stored.as_bytes().unwrap().to_vec())
}

fn backend(directory: &TempDir) -> Arc<dyn Backend> {
    Arc::clone(open_on(builder(directory), &Env { clock: Clock::standing() }).backend())
}

#[test]
fn keys_of_every_length_have_slots_of_their_own_in_each_function() {
    let directory = TempDir::new().unwrap();
    let backend = backend(&directory);
    let spaces = [Space::function("one", 0), Space::function("other", 0), Space::function("one", 1)];
    let lengths = [0, 1, 8, 16, 31, 32, 33, 63, 64, 65, 100, 5_000];
    let each = |visit: &dyn Fn(&Key<'_>, &[u8])| {
        for (number, space) in spaces.iter().enumerate() {
            for length in lengths {
                let arguments = vec![7; length];
                visit(&Key::new(space, &arguments), format!("{number} {length}").as_bytes());
            }
        }
    };
    each(&|key, value| put(&backend, key, value));
    each(&|key, value| assert_eq!(get(&backend, key).as_deref(), Some(value)));
}

#[test]
fn a_key_that_is_the_digest_of_a_longer_one_is_another() {
    let directory = TempDir::new().unwrap();
    let backend = backend(&directory);
    let space = Space::function("f", 0);
    let long = Key::new(&space, &[7; 100]);
    let digest = long.identity();
    let short = Key::new(&space, &digest);
    put(&backend, &long, b"of the longer one");
    assert_eq!(get(&backend, &short), None);
    put(&backend, &short, b"of the digest");
    assert!(get(&backend, &long).is_none_or(|bytes| bytes == b"of the longer one"));
    assert_eq!(get(&backend, &short).as_deref(), Some(&b"of the digest"[..]));
}

#[test]
fn a_glance_sees_a_new_epoch_and_leaves_what_is_in_a_file_to_a_look() {
    let directory = TempDir::new().unwrap();
    let backend = backend(&directory);
    let space = Space::function("f", 0);
    let (key, name) = (Key::new(&space, b"key"), EpochName::function("f"));
    let made = block_on(backend.epochs(std::slice::from_ref(&name), Life::FOREVER)).unwrap();
    put(&backend, &key, b"value");
    let glance = |expected: Option<Epoch>| {
        let mut shown = false;
        assert!(backend.glance(&key, &mut |bytes, _, epochs| {
            assert_eq!((bytes, epochs(&name), epochs(&name)), (&b"value"[..], expected, expected));
            assert_eq!(epochs(&EpochName::HANDLER), None);
            shown = true;
        }));
        assert!(shown);
    };
    glance(made.first().copied());
    glance(made.first().copied());
    block_on(backend.renew(std::slice::from_ref(&name))).unwrap();
    let renewed = block_on(backend.current(std::slice::from_ref(&name))).unwrap();
    assert_ne!(renewed.first().copied().flatten(), made.first().copied());
    glance(renewed.first().copied().flatten());
    put(&backend, &key, &vec![7; 300_000]);
    assert!(!backend.glance(&key, &mut |_, _, _| panic!("it shows what is in a file")));
}
