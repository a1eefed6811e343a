//! Arguments are dropped once, by a run, by a hit, and by a future that is not awaited.
#![deny(warnings)]

use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static DROPPED: AtomicU32 = AtomicU32::new(0);

struct Noisy;

impl Drop for Noisy {
    fn drop(&mut self) {
        DROPPED.fetch_add(1, SeqCst);
    }
}

#[cached(skip(noisy, _))]
fn sync(noisy: Noisy, _: Noisy, n: u64) -> u64 {
    drop(noisy);
    n
}

#[cached(skip(_noisy))]
async fn later(_noisy: Noisy, n: u64) -> u64 {
    tokio::task::yield_now().await;
    n
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    assert_eq!((sync(Noisy, Noisy, 1), DROPPED.swap(0, SeqCst)), (1, 2));
    assert_eq!((sync(Noisy, Noisy, 1), DROPPED.swap(0, SeqCst)), (1, 2));
    assert_eq!((later(Noisy, 1).await, DROPPED.swap(0, SeqCst)), (1, 1));
    assert_eq!((later(Noisy, 1).await, DROPPED.swap(0, SeqCst)), (1, 1));
    drop(later(Noisy, 2));
    assert_eq!((DROPPED.load(SeqCst), later::stats().runs), (1, 1));
}
