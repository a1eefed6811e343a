//! `#[async_trait]` with a generic trait and a generic method: no two instances share.
#![deny(warnings)]

use async_trait::async_trait;
use larder::cached;
use std::hash::Hash;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

#[async_trait]
trait Width<A> {
    async fn width<B: Hash + Send + Sync + 'static>(&self, b: B) -> (usize, usize);
}

#[derive(Hash)]
struct Ruler;

#[async_trait]
impl<A: Send> Width<A> for Ruler {
    #[cached]
    async fn width<B: Hash + Send + Sync + 'static>(&self, b: B) -> (usize, usize) {
        let _ = b;
        RUNS.fetch_add(1, SeqCst);
        (size_of::<A>(), size_of::<B>())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!(Width::<u8>::width(&Ruler, 1u8).await, (1, 1));
        assert_eq!(Width::<u8>::width(&Ruler, 1u16).await, (1, 2));
        assert_eq!(Width::<u16>::width(&Ruler, 1u8).await, (2, 1));
    }
    assert_eq!(RUNS.load(SeqCst), 3);
}
