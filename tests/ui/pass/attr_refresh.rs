//! Where `refresh` is true, the function runs and its result replaces what was stored; `bypass` outranks it.
#![deny(warnings)]

use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

#[cached(refresh = mode == "refresh" || mode == "both", bypass = mode == "bypass" || mode == "both", skip(mode))]
fn counted(n: u32, mode: &str) -> u32 {
    let _ = mode;
    n * 100 + RUNS.fetch_add(1, SeqCst)
}

fn main() {
    let _lab = larder::test::lab();
    let calls = ["", "", "refresh", "", "both", "", "bypass", ""];
    assert_eq!(calls.map(|mode| counted(1, mode)), [100, 100, 101, 101, 102, 101, 103, 101]);
    assert_eq!((counted(2, ""), counted(2, "refresh"), counted(1, "")), (204, 205, 101));
}
