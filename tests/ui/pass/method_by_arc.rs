//! `self: Arc<Self>` is keyed by what the `Arc` holds, not by where it is.
#![deny(warnings)]

use larder::cached;
use std::sync::Arc;

#[derive(Hash)]
struct Repo(u64);

impl Repo {
    #[cached(companions)]
    async fn add(self: Arc<Self>, n: u64) -> u64 {
        std::future::ready(()).await;
        self.0 + n
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    assert_eq!(Arc::new(Repo(1)).add(1).await, 2);
    assert_eq!(Arc::new(Repo(2)).add(1).await, 3);
    assert_eq!(Arc::new(Repo(1)).add(1).await, 2);
    assert_eq!((Repo::add_stats().runs, Repo::add_stats().hits), (2, 1));
}
