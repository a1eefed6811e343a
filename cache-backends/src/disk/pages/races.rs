//! Processes that write as fast as they can and are killed, and readers that compare each row with the one that its state has.
//!
//! What a transaction writes follows from its number alone, whoever does it and how often it is begun, so what a state holds is known.
#![allow(clippy::unwrap_used, reason = "what is not there fails the test")]

use std::process::{Child, Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Release;
use std::thread::ScopedJoinHandle;

use super::tests::{address, environment};
use super::*;

/// As few that all of their pages are used anew all the time.
const KEYS: u64 = 40;
const CHILD: &str = "LARDER_TEST_RACES";

/// Whether the transaction `number` writes `key` (true), removes it (false) or leaves it alone.
fn does(number: u64, key: u64) -> Option<bool> {
    let mixed = (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ key.wrapping_mul(0xd6e8_feb8_6659_fd93)) >> 17;
    match (number % 61, mixed % 16) {
        (0, _) | (_, 0) => Some(false),
        (_, 1..4) => Some(true),
        _ => None,
    }
}

fn row(number: u64, key: u64) -> Vec<u8> {
    let length = [9, 90, 700, 1_900, 3_000, 9_000, 40_000][((number + key) % 7) as usize];
    let mut row = [number.to_le_bytes(), key.to_le_bytes()].concat();
    row.extend((0..length as u64 / 8).flat_map(|at| (number * 31 + key * 7 + at).to_le_bytes()));
    row
}

/// What the state `number` holds for `key`; the transactions up to `first` wrote no rows.
fn held(first: u64, number: u64, key: u64) -> Option<Vec<u8>> {
    let last = (first + 1..=number).rev().find(|number| does(*number, key).is_some())?;
    (does(last, key) == Some(true)).then(|| row(last, key))
}

/// What the other processes do; nothing where none is meant.
#[test]
fn writer() {
    let Some(directory) = std::env::var_os(CHILD) else { return };
    let (env, [rows, big], _) = environment(Path::new(&directory));
    for round in 0_u64..40_000 {
        let mut txn = env.write_txn().unwrap();
        let number = txn.id() as u64;
        for key in 0..KEYS {
            match does(number, key) {
                Some(true) => rows.put(&mut txn, &address(key), &row(number, key)).unwrap(),
                Some(false) => drop(rows.delete(&mut txn, &address(key)).unwrap()),
                None => {}
            }
        }
        match number % 50 {
            // A tree of many pages is dropped at once.
            49 => big.clear(&mut txn).unwrap(),
            _ => big.put(&mut txn, &number.to_be_bytes(), &[number as u8; 1_500]).unwrap(),
        }
        if round % 17 == 16 {
            txn.abort();
        } else {
            txn.commit().unwrap();
        }
    }
}

/// A process that writes until it is killed.
struct Writer(Child);

impl Writer {
    fn start(directory: &Path) -> Self {
        let mut again = Command::new(std::env::current_exe().unwrap());
        again.args(["--exact", "disk::pages::races::writer"]).env(CHILD, directory).stdout(Stdio::null());
        Self(again.spawn().unwrap())
    }

    fn has_ended(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Looks for rows until `is_over`; gives the last state that was seen, and how many were left to LMDB, found, and found again.
fn read(pages: &Pages, first: u64, is_over: &AtomicBool) -> (u64, [u64; 3]) {
    let (mut found, mut last, mut counts) = (Vec::new(), first, [0; 3]);
    for key in (0..KEYS).cycle().take_while(|_| !is_over.load(Acquire)) {
        let Some(Found { number, is_there, is_again }) = pages.find(&address(key), &mut found) else {
            counts[0] += 1;
            continue;
        };
        assert!(number >= last, "it goes back from {last} to {number}");
        last = number;
        counts[1 + usize::from(is_again)] += 1;
        assert!(is_there.then_some(&found) == held(first, number, key).as_ref(), "key {key} in the state {number}");
    }
    (last, counts)
}

#[test]
fn what_is_found_while_processes_write_and_are_killed_is_what_its_state_holds() {
    let kills: u64 = std::env::var("LARDER_TEST_KILLS").map_or(8, |kills| kills.parse().unwrap());
    let directory = tempfile::TempDir::new().unwrap();
    let (env, _, pages) = environment(directory.path());
    let first = env.read_txn().unwrap().id() as u64;
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let readers = [(); 2].map(|()| scope.spawn(|| read(&pages, first, &is_over)));
        let mut writers = [(); 3].map(|()| Writer::start(directory.path()));
        for kill in 0..kills {
            let until = pages.locks.last() + 100 + kill * 37 % 400;
            while pages.locks.last() < until && !readers.iter().any(ScopedJoinHandle::is_finished) {
                for writer in writers.iter_mut().filter_map(|writer| writer.has_ended().then_some(writer)) {
                    *writer = Writer::start(directory.path());
                }
                std::thread::yield_now();
            }
            // The one that was there is killed in the middle of what it does.
            writers[(kill % 3) as usize] = Writer::start(directory.path());
        }
        is_over.store(true, Release);
        for reader in readers {
            let (last, [left, found, again]) = reader.join().unwrap();
            println!("states {first} to {last}: {found} found, {again} found again, {left} left to LMDB");
            assert!(found + again > 100, "only {found} and {again} were found");
        }
    });
}
