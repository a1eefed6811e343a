//! `#[async_trait]`, `#[cached]` and `#[tracing::instrument]` together, in either order.
#![deny(warnings)]

use async_trait::async_trait;
use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

#[async_trait]
trait Load {
    async fn below(&self, n: u8) -> u8;
    async fn above(&self, n: u8) -> Result<u8, String>;
}

#[derive(Debug, Hash)]
struct Repo(u8);

#[async_trait]
impl Load for Repo {
    #[cached]
    #[tracing::instrument]
    async fn below(&self, n: u8) -> u8 {
        RUNS.fetch_add(1, SeqCst);
        tokio::task::yield_now().await;
        self.0 + n
    }

    #[tracing::instrument(skip(self), err)]
    #[cached]
    async fn above(&self, n: u8) -> Result<u8, String> {
        RUNS.fetch_add(1, SeqCst);
        tokio::task::yield_now().await;
        Ok(self.0 + n)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((Repo(1).below(1).await, Repo(2).below(1).await), (2, 3));
        assert_eq!((Repo(1).above(1).await, Repo(2).above(1).await), (Ok(2), Ok(3)));
    }
    assert_eq!(RUNS.load(SeqCst), 4);
}
