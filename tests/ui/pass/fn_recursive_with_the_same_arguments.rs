//! A function that waits for itself runs once more instead of hanging.
#![deny(warnings)]

use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

#[cached]
fn sync(n: u32) -> u32 {
    if RUNS.fetch_add(1, SeqCst) == 0 { sync(n) + 1 } else { n }
}

#[cached]
async fn later(n: u32) -> u32 {
    if RUNS.fetch_add(1, SeqCst) == 0 { Box::pin(later(n)).await + 1 } else { n }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    assert_eq!((sync(5), RUNS.swap(0, SeqCst)), (6, 2));
    assert_eq!((later(5).await, RUNS.swap(0, SeqCst)), (6, 2));
}
