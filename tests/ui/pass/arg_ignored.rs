//! An argument that is called `_` cannot be read by the body, and still counts, unless it is skipped.
#![deny(warnings)]

use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

#[cached]
fn counted(n: u32, _: u8, _: u8) -> u32 {
    RUNS.fetch_add(1, SeqCst) * 10 + n
}

#[cached(skip(_))]
fn skipped(n: u32, _: &dyn Fn()) -> u32 {
    RUNS.fetch_add(1, SeqCst) * 10 + n
}

fn main() {
    let _lab = larder::test::lab();
    assert_eq!((counted(1, 1, 2), counted(1, 1, 2), counted(1, 2, 1), counted(1, 1, 3)), (1, 1, 11, 21));
    assert_eq!((skipped(1, &|| ()), skipped(1, &|| unreachable!()), skipped(2, &|| ())), (31, 31, 42));
    assert_eq!(skipped::peek(1).unwrap(), Some(31));
}
