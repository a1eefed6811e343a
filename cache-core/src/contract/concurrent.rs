//! Many threads at once: one of them wins, and nobody sees half of anything.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Barrier, Mutex, PoisonError};
use std::thread;

use super::store::{Store, hour};
use crate::key::Key;
use crate::{Epoch, EpochName, Slot, Stored, When};

super::named! {
    one_of_many_commits_wins,
    one_of_many_absent_writes_wins,
    everyone_is_given_the_same_epoch,
    an_invalidation_is_never_undone_by_a_commit_beside_it,
    a_reader_sees_whole_values,
    epochs_are_never_older_than_the_entry_before_them,
}

const THREADS: usize = 16;
const ROUNDS: usize = 10;

/// Runs `act` on many threads at once and gives what each returned.
fn together<T: Send>(act: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(THREADS);
    let results = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for index in 0..THREADS {
            let (barrier, results, act) = (&barrier, &results, &act);
            scope.spawn(move || {
                barrier.wait();
                let result = act(index);
                results.lock().unwrap_or_else(PoisonError::into_inner).push(result);
            });
        }
    });
    results.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Says that a writer has ended, also when it panicked: whoever reads until then must not read for ever.
struct Ended<'a>(&'a AtomicBool);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn one_of_many(store: &Store, write: impl Fn(&Key<'_>, &[u8]) -> bool + Sync, key: &Key<'_>) {
    let wrote = together(|index| (index, write(key, index.to_string().as_bytes())));
    let winners: Vec<usize> = wrote.into_iter().filter(|(_, wrote)| *wrote).map(|(index, _)| index).collect();
    assert_eq!(winners.len(), 1, "of {THREADS} writes over what one look saw, these say they happened: {winners:?}");
    assert_eq!(store.read(key), Some(winners[0].to_string().into_bytes()), "another write than the winner's is there");
}

fn one_of_many_commits_wins(store: &Store) {
    let key = Key::direct("a");
    for _ in 0..ROUNDS {
        // The first round sees nothing, the others an entry.
        let seen = store.seen(&key);
        one_of_many(store, |key, payload| store.commit(key, payload, &seen), &key);
    }
}

fn one_of_many_absent_writes_wins(store: &Store) {
    for round in 0..ROUNDS {
        let name = format!("round {round}");
        one_of_many(store, |key, payload| store.put(key, payload, hour(), When::Absent), &Key::direct(&name));
    }
}

fn everyone_is_given_the_same_epoch(store: &Store) {
    for round in 0..ROUNDS {
        let names = [EpochName::tag(&format!("{round}")), EpochName::tag(&format!("{round} too"))];
        let given = together(|_| store.epochs(&names, hour()));
        assert!(given.iter().all(|epochs| *epochs == given[0]), "an epoch that many made at once is not the same");
        assert_eq!(store.current(&names[0]), Some(given[0][0]), "an epoch was replaced after it was given");
    }
}

/// Whichever comes first, the invalidation is what stands in the end: the looks came before it.
fn an_invalidation_is_never_undone_by_a_commit_beside_it(store: &Store) {
    for round in 0..ROUNDS {
        let name = format!("round {round}");
        let key = Key::direct(&name);
        let seen = store.seen(&key);
        together(|index| {
            if index == THREADS / 2 {
                store.invalidate(&key, hour());
            } else {
                store.commit(&key, b"read before", &seen);
            }
        });
        assert_eq!(store.read(&key), None, "a commit beside an invalidation undid it");
    }
}

fn a_reader_sees_whole_values(store: &Store) {
    let key = Key::direct("a");
    let ended = AtomicBool::new(false);
    thread::scope(|scope| {
        for writer in 0..2 {
            let (key, ended) = (&key, &ended);
            scope.spawn(move || {
                let _ended = Ended(ended);
                for round in 0..200_usize {
                    let letter = (writer * 100 + round % 100) as u8;
                    store.set(key, &vec![letter; 1 + round * 137 % 20_000], hour());
                }
            });
        }
        while !ended.load(Ordering::SeqCst) {
            let Some(payload) = store.read(&key) else { continue };
            let whole = payload.iter().all(|byte| *byte == payload[0]);
            assert!(whole, "a reader was given parts of two values");
        }
    });
}

/// A writer replaces an epoch and then stores an entry that records it. Whoever sees the entry sees that epoch, or a
/// newer one: that is what makes an entry with an old epoch a miss, and never a new entry one.
fn epochs_are_never_older_than_the_entry_before_them(store: &Store) {
    let (key, tag) = (Key::direct("a"), EpochName::tag("t"));
    let numbered = |number: u128| Epoch::from_bytes(&number.to_le_bytes());
    let ended = AtomicBool::new(false);
    thread::scope(|scope| {
        let (key, tag, ended) = (&key, &tag, &ended);
        scope.spawn(move || {
            let _ended = Ended(ended);
            for number in 0..500_u128 {
                let epoch = Some(Stored::Bytes(number.to_le_bytes().to_vec()));
                store.put_slot(Slot::Epoch(tag), epoch, hour(), When::Always);
                store.set(key, &number.to_le_bytes(), hour());
            }
        });
        while !ended.load(Ordering::SeqCst) {
            let look = store.look(key, std::slice::from_ref(tag));
            let entry =
                look.stored.map(|stored| Store::payload(&stored)).and_then(|payload| Epoch::from_bytes(&payload));
            let Some(entry) = entry else { continue };
            let epoch = look.epochs[0].unwrap_or_else(|| panic!("an epoch was lost while it was replaced"));
            let number = |epoch: Epoch| u128::from_le_bytes(epoch.to_bytes());
            assert!(number(epoch) >= number(entry), "`look` read an epoch before the entry in front of it");
        }
    });
    assert_eq!(store.current(&tag), numbered(499));
}
