//! A default method that returns `impl Future` is cached for each implementor.
#![deny(warnings)]

use larder::cached;
use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

trait Load: Sync {
    const BASE: u32;

    #[cached(skip(self))]
    fn load(&self, id: u32) -> impl Future<Output = u32> + Send {
        RUNS.fetch_add(1, SeqCst);
        async move { Self::BASE + id }
    }
}

impl Load for u8 {
    const BASE: u32 = 8;
}
impl Load for u16 {
    const BASE: u32 = 16;
}

fn is_send<T: Send>(value: T) -> T {
    value
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((is_send(0u8.load(1)).await, is_send(0u16.load(1)).await), (9, 17));
    }
    assert_eq!(RUNS.load(SeqCst), 2);
}
