//! `#[async_trait]` with `self: Arc<Self>`: keyed by what the `Arc` holds.
#![deny(warnings)]

use async_trait::async_trait;
use larder::cached;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

#[async_trait]
trait Load {
    async fn load(self: Arc<Self>, id: u32) -> u32;
}

#[derive(Hash)]
struct Repo(u32);

#[async_trait]
impl Load for Repo {
    #[cached]
    async fn load(self: Arc<Self>, id: u32) -> u32 {
        RUNS.fetch_add(1, SeqCst);
        let again = Arc::clone(&self);
        tokio::task::yield_now().await;
        again.0 + id
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((Arc::new(Repo(1)).load(1).await, Arc::new(Repo(2)).load(1).await), (2, 3));
    }
    assert_eq!(RUNS.load(SeqCst), 2);
}
