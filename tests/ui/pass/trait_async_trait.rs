//! `#[async_trait]`: methods of impls and default methods are cached, apart for each implementor, and their futures are
//! `Send`.
#![deny(warnings)]

use async_trait::async_trait;
use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

#[async_trait]
trait Load: Sync {
    async fn load(&self, id: u32) -> Option<u32>;

    #[cached(skip(self))]
    async fn twice(&self, id: u32) -> Option<u32> {
        RUNS.fetch_add(1, SeqCst);
        Some(self.load(id).await? * 2)
    }
}

#[derive(Hash)]
struct Plain(u32);
#[derive(Hash)]
struct Shifted(u32);

#[async_trait]
impl Load for Plain {
    #[cached]
    async fn load(&self, id: u32) -> Option<u32> {
        RUNS.fetch_add(1, SeqCst);
        tokio::task::yield_now().await;
        id.checked_sub(self.0)
    }
}

#[async_trait]
impl Load for Shifted {
    #[cached]
    async fn load(&self, id: u32) -> Option<u32> {
        RUNS.fetch_add(1, SeqCst);
        Some(id + 100 + self.0)
    }
}

fn is_send<T: Send>(value: T) -> T {
    value
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((is_send(Plain(0).load(1)).await, Shifted(0).load(1).await), (Some(1), Some(101)));
        assert_eq!((Plain(1).load(1).await, Plain(0).twice(1).await), (Some(0), Some(2)));
        assert_eq!(is_send(Shifted(0).twice(1)).await, Some(202));
    }
    assert_eq!(RUNS.load(SeqCst), 5);
    let objects: [Box<dyn Load>; 2] = [Box::new(Plain(2)), Box::new(Shifted(0))];
    assert_eq!((objects[0].load(1).await, objects[1].load(1).await), (None, Some(101)));
    assert_eq!(RUNS.load(SeqCst), 6);
}
