//! `-> impl Future + Send` in a trait is implemented by a cached `async fn`, and stays `Send`.
#![deny(warnings)]

use larder::cached;
use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

trait Load {
    fn load(&self, id: u32) -> impl Future<Output = Result<u32, String>> + Send;
}

#[derive(Hash)]
struct Repo(u32);

impl Load for Repo {
    #[cached]
    async fn load(&self, id: u32) -> Result<u32, String> {
        RUNS.fetch_add(1, SeqCst);
        tokio::task::yield_now().await;
        id.checked_sub(1).map(|id| id + self.0).ok_or_else(|| "zero".into())
    }
}

fn is_send<T: Send>(value: T) -> T {
    value
}

async fn through<L: Load>(load: &L, id: u32) -> Result<u32, String> {
    is_send(load.load(id)).await
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((through(&Repo(1), 1).await, through(&Repo(2), 1).await), (Ok(1), Ok(2)));
    }
    assert_eq!(RUNS.load(SeqCst), 2);
    assert_eq!(through(&Repo(1), 0).await, Err("zero".into()));
}
