//! `refresh` and `uncached` go for the one call that they make, also while others run on the same thread.
#![deny(warnings)]

use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

#[cached]
async fn outer(n: u32) -> u32 {
    tokio::task::yield_now().await;
    inner(n).await
}

#[cached]
async fn inner(n: u32) -> u32 {
    tokio::task::yield_now().await;
    n * 100 + RUNS.fetch_add(1, SeqCst)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    assert_eq!((outer(1).await, inner(1).await), (100, 100));
    let unpolled = inner::refresh(2);
    assert_eq!((inner(1).await, outer(1).await), (100, 100));
    assert_eq!((unpolled.await, inner(2).await), (201, 201));
    let calls = futures::future::join3(inner::uncached(1), inner(1), outer::refresh(1));
    assert_eq!(calls.await, (102, 100, 100), "the inner call of one that is refreshed is not");
    assert_eq!((inner(1).await, inner::refresh(1).await, inner(1).await, outer(1).await), (100, 103, 103, 100));
}
