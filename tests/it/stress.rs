//! Many callers and invalidations at once: nobody gets what was read before an invalidation that had returned.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use larder::cached;

use crate::support::{KINDS, rig};

static SOURCE: [AtomicU64; 2] = [const { AtomicU64::new(0) }; 2];

fn read(row: usize) -> u64 {
    let value = SOURCE[row].load(Ordering::SeqCst);
    if value.is_multiple_of(3) {
        std::thread::yield_now();
    }
    value
}

#[cached(name = "stress::row", key = "{row}", tags = ["rows", "row:{row}"])]
fn row(row: usize) -> u64 {
    read(row)
}

/// Every second result is not stored.
#[cached(name = "stress::odd", tags = ["row:{row}"])]
fn odd(row: usize) -> Option<u64> {
    Some(read(row)).filter(|value| value % 2 == 1)
}

fn invalidate(row_number: usize, how: u64) {
    let cache = larder::cache().blocking();
    match how % 6 {
        0 => row::clear().and_then(|()| odd::clear()),
        1 => cache.invalidate_tag(&format!("row:{row_number}")),
        2 => cache.clear(),
        3 => cache.clear_matching("stress::row:*").and_then(|()| odd::invalidate(row_number)),
        _ => row::invalidate(row_number).and_then(|()| odd::invalidate(row_number)),
    }
    .unwrap();
}

#[test]
fn no_call_gets_what_was_read_before_an_invalidation_that_had_returned() {
    for kind in KINDS {
        let rig = rig(kind);
        let lab = larder::test::lab_with(rig.cache.clone());
        let done = AtomicBool::new(false);
        let write = |row_number: usize| {
            for how in 0..600 {
                let now = SOURCE[row_number].fetch_add(1, Ordering::SeqCst) + 1;
                invalidate(row_number, how);
                let got = row(row_number);
                assert!(got >= now, "{kind}, way {}: {got}, where the source had {now}", how % 6);
                let got = odd(row_number);
                assert!(
                    got.is_none_or(|got| got >= now),
                    "{kind}, way {}: {got:?}, where the source had {now}",
                    how % 6
                );
            }
            done.store(true, Ordering::SeqCst);
        };
        std::thread::scope(|threads| {
            for reader in 0..4 {
                let (pass, done) = (lab.pass(), &done);
                threads.spawn(move || {
                    pass.run(|| {
                        while !done.load(Ordering::SeqCst) {
                            let _ = (row(reader % 2), odd(reader % 2));
                        }
                    });
                });
            }
            for row_number in 0..2 {
                let (pass, write) = (lab.pass(), &write);
                threads.spawn(move || pass.run(|| write(row_number)));
            }
        });
    }
}
