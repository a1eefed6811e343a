//! Cached functions are called from any runtime, or from none; a sync one from inside of an async one too.
#![deny(warnings)]

use larder::cached;

#[cached]
fn sync(n: u64) -> u64 {
    n + 1
}

#[cached]
async fn later(n: u64) -> u64 {
    sync(n) + 1
}

fn main() {
    let lab = larder::test::lab();
    assert_eq!((sync(1), futures::executor::block_on(later(1))), (2, 3));
    let current = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    assert_eq!(current.block_on(async { (sync(1), later(1).await) }), (2, 3));
    let local = tokio::task::LocalSet::new();
    assert_eq!(local.block_on(&current, async { tokio::task::spawn_local(later(1)).await.unwrap() }), 3);
    let many = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    assert_eq!(many.block_on(lab.run(async { later(1).await })), 3);
    assert_eq!((sync::stats().runs, later::stats().runs), (1, 1));
    assert_eq!(later::stats().hits, 3);
}
