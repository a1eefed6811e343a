//! Which pages LMDB writes to, and when: what is read without it is believed by that.
#![allow(clippy::unwrap_used, reason = "what is not there fails the test")]

use std::collections::VecDeque;

use super::super::check::{BRANCH, LEAF};
use super::tests::{address, environment};
use super::*;

/// The pages of the table without a name in the state `number`, in the file as it is now, each with its bytes.
fn pages_of(file: &[u8], number: u64, size: usize) -> Vec<(usize, Vec<u8>)> {
    let u16_at = |at: usize| u16::from_le_bytes(*file[at..].first_chunk().unwrap());
    let u64_at = |at: usize| u64::from_le_bytes(*file[at..].first_chunk().unwrap());
    let meta = (number & 1) as usize * size;
    assert_eq!(u64_at(meta + META_NUMBER), number);
    let (mut left, mut found) = (vec![(u64_at(meta + META_ROOT), 1)], Vec::new());
    while let Some((page, count)) = left.pop().filter(|(page, _)| *page != NO_PAGE) {
        let start = page as usize * size;
        found.push((start, file[start..start + count * size].to_vec()));
        let nodes = match u16_at(start + 10) {
            LEAF | BRANCH => (usize::from(u16_at(start + 12)) - HEADER) / 2,
            _ => 0,
        };
        for at in (0..nodes).map(|node| start + usize::from(u16_at(start + HEADER + 2 * node))) {
            let (head, key) = (u64_at(at), usize::from(u16_at(at + 6)));
            if u16_at(start + 10) == BRANCH {
                left.push((head & 0xffff_ffff_ffff, 1));
            } else if u16_at(at + 4) == BIG {
                left.push((u64_at(at + NODE + key), (HEADER + head as u32 as usize).div_ceil(size)));
            }
        }
    }
    found
}

#[test]
fn no_page_of_a_state_is_written_to_before_the_third_transaction_after_it() {
    let directory = tempfile::TempDir::new().unwrap();
    let (env, [rows, queue], pages) = environment(directory.path());
    let (mut states, mut changed_by_third) = (VecDeque::new(), 0);
    for round in 0..400_u64 {
        let mut txn = env.write_txn().unwrap();
        let number = txn.id() as u64;
        for step in 0..round % 9 {
            let (key, length) = (round * 7 + step * 13, [60, 900, 2_500, 9_000, 30_000][((round + step) % 5) as usize]);
            rows.put(&mut txn, &address(key % 60), &vec![number as u8; length]).unwrap();
            rows.delete(&mut txn, &address((key + 31) % 60)).unwrap();
        }
        match round % 20 {
            19 => queue.clear(&mut txn).unwrap(),
            _ => queue.put(&mut txn, &number.to_be_bytes(), &[number as u8; 1_700]).unwrap(),
        }
        if round % 11 == 10 {
            txn.abort();
            continue;
        }
        txn.commit().unwrap();
        let file = fs::read(directory.path().join(crate::disk::generation::DATA)).unwrap();
        states.push_front((number, pages_of(&file, number, pages.page_size)));
        for (of, pages) in &states {
            let changed = pages.iter().filter(|(start, bytes)| file[*start..][..bytes.len()] != bytes[..]).count();
            match number - of {
                0..=2 => assert_eq!(changed, 0, "the transaction {number} wrote to pages of the state {of}"),
                _ => changed_by_third += changed,
            }
        }
        states.truncate(3);
    }
    assert!(changed_by_third > 100, "only {changed_by_third} pages were used anew");
}
