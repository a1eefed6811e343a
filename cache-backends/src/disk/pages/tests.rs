//! Rows of all lengths under keys of all kinds, found by LMDB and without it.
#![allow(clippy::unwrap_used, reason = "what is not there fails the test")]

use heed::types::Bytes;
use heed::{Database, EnvFlags};

use super::*;
use crate::disk::generation::{DATA, LOCKS, fill, open_private};
use crate::disk::os;

type Rows = Database<'static, Bytes, Bytes>;

/// An environment with the table without a name and one beside it, and its pages.
pub(super) fn environment(path: &Path) -> (Env, [Rows; 2], Pages) {
    let file = open_private(&path.join(LOCKS)).unwrap();
    fill(&file, os::LOCKS_LENGTH).unwrap();
    let locks = Locks::of(&file).unwrap();
    drop(file);
    let env = os::open_env(path, 1 << 30).unwrap();
    let txn = env.write_txn().unwrap();
    let rows = env.create_databases_and_commit(txn, |opener, txn| {
        let queue = opener.create_database::<Bytes, Bytes>(txn, Some("queue"))?;
        let rows = opener.create_database::<Bytes, Bytes>(txn, None)?;
        Ok::<_, heed::Error>(heed::CommitOrAbort::<_, std::convert::Infallible>::Commit([rows, queue]))
    });
    let heed::CommitOrAbort::Commit(rows) = rows.unwrap();
    let data = File::open(path.join(DATA)).unwrap();
    let pages = Pages::of(&env, path, &data, locks, 1_000).unwrap().unwrap();
    assert!(env.flags().unwrap().unwrap().contains(EnvFlags::NO_SYNC));
    (env, rows, pages)
}

/// Keys of three parts, of which one is the beginning of the table's name.
pub(super) fn address(number: u64) -> Address {
    let mixed = u128::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    let part = [*b"queue\0\0\0", *b"queuf\0\0\0", [7; 8]][(number % 3) as usize];
    let mut address = [0; ADDRESS];
    address[..8].copy_from_slice(&part);
    address[8..].copy_from_slice(&mixed.to_be_bytes());
    address
}

/// Of any length up to one that has pages of its own, and sometimes of one that is not copied.
fn row(number: u64) -> Vec<u8> {
    let length = match number % 50 {
        0 => LARGEST + 1,
        1..5 => 2_000 + number as usize % 9_000,
        _ => number as usize % 300,
    };
    (0..length).map(|at| (at as u64 ^ number) as u8).collect()
}

#[test]
fn what_is_found_is_what_lmdb_finds() {
    let directory = tempfile::TempDir::new().unwrap();
    let (env, [rows, _], pages) = environment(directory.path());
    let mut found = Vec::new();
    for round in 0..6_u64 {
        let mut txn = env.write_txn().unwrap();
        for number in (0..3_000).filter(|number| (number + round) % 4 != 0) {
            rows.put(&mut txn, &address(number), &row(number + round)).unwrap();
        }
        for number in (0..3_000).filter(|number| (number + round) % 5 == 0) {
            rows.delete(&mut txn, &address(number)).unwrap();
        }
        let number = txn.id() as u64;
        txn.commit().unwrap();
        let txn = env.read_txn().unwrap();
        for key in 0..4_000 {
            let expected = rows.get(&txn, &address(key)).unwrap();
            match pages.find(&address(key), &mut found) {
                Some(Found { number: of, is_there, .. }) => {
                    assert_eq!((of, is_there.then_some(&found[..])), (number, expected), "key {key} of round {round}");
                }
                None => assert!(expected.is_some_and(|row| row.len() > LARGEST), "key {key} takes LMDB"),
            }
        }
    }
}

#[test]
fn nothing_is_found_in_an_empty_store() {
    let directory = tempfile::TempDir::new().unwrap();
    let (_env, _rows, pages) = environment(directory.path());
    assert!(pages.find(&address(1), &mut Vec::new()).is_some_and(|found| !found.is_there));
}

#[test]
fn what_is_found_while_another_thread_writes_is_whole_and_of_a_state_that_was() {
    let directory = tempfile::TempDir::new().unwrap();
    let (env, [rows, _], pages) = environment(directory.path());
    let rounds = 3_000_u64;
    let first = env.read_txn().unwrap().id() as u64 + 1;
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for round in 0..rounds {
                let mut txn = env.write_txn().unwrap();
                for key in (0..40).map(|step| (round * 7 + step * 3) % 100) {
                    let row = vec![round as u8; [90, 3_000, 9_000][(key % 3) as usize]];
                    rows.put(&mut txn, &address(key), &[&round.to_le_bytes()[..], &row].concat()).unwrap();
                }
                txn.commit().unwrap();
            }
        });
        let (mut found, mut seen, mut last) = (Vec::new(), 0, 0);
        for key in (0..100).cycle() {
            if writer.is_finished() {
                break;
            }
            let Some(Found { number, is_there, .. }) = pages.find(&address(key), &mut found) else { continue };
            assert!(number >= last, "it goes back");
            last = number;
            if is_there {
                seen += 1;
                let round = u64::from_le_bytes(*found.first_chunk().unwrap());
                assert!(found[8..].iter().all(|byte| *byte == round as u8), "key {key} is parts of two");
                assert!(first + round <= number, "key {key} is of the future");
                let latest =
                    (0..=number - first).rev().find(|round| (0..40).any(|step| (round * 7 + step * 3) % 100 == key));
                assert_eq!(Some(round), latest, "key {key} is older than the state");
            }
        }
        assert!(seen > 100, "only {seen} rows were seen");
    });
}
