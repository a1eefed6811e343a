//! Callers of equal arguments at the same time share one run, of other arguments they do not.
#![deny(warnings)]

use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

#[cached]
async fn load(n: u64) -> u64 {
    RUNS.fetch_add(1, SeqCst);
    for _ in 0..3 {
        tokio::task::yield_now().await;
    }
    n
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    let calls = [1, 2, 1, 1, 2].map(load);
    assert_eq!(futures::future::join_all(calls).await, [1, 2, 1, 1, 2]);
    assert_eq!((RUNS.load(SeqCst), load::stats().runs, load::stats().coalesced), (2, 2, 3));
}
