//! `async fn` in a trait: in its impls, and as a default method.
#![deny(warnings)]

use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

#[allow(async_fn_in_trait)]
trait Load {
    async fn load(&self, id: u32) -> Option<u32>;

    #[cached(skip(self))]
    async fn twice(&self, id: u32) -> Option<u32> {
        RUNS.fetch_add(1, SeqCst);
        Some(self.load(id).await? * 2)
    }
}

#[derive(Hash)]
struct Plain;
#[derive(Hash)]
struct Shifted;

impl Load for Plain {
    #[cached]
    async fn load(&self, id: u32) -> Option<u32> {
        RUNS.fetch_add(1, SeqCst);
        tokio::task::yield_now().await;
        Some(id)
    }
}

impl Load for Shifted {
    #[cached]
    async fn load(&self, id: u32) -> Option<u32> {
        RUNS.fetch_add(1, SeqCst);
        Some(id + 100)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((Plain.load(1).await, Shifted.load(1).await), (Some(1), Some(101)));
        assert_eq!((Plain.twice(1).await, Shifted.twice(1).await), (Some(2), Some(202)));
    }
    assert_eq!(RUNS.load(SeqCst), 4);
}
