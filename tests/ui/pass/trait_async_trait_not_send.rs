//! `#[async_trait(?Send)]`: the run may hold an `Rc` over an await.
#![deny(warnings)]

use async_trait::async_trait;
use larder::cached;
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

#[async_trait(?Send)]
trait Load {
    async fn load(&self, id: u32) -> Result<u32, Rc<str>>;

    #[cached(skip(self))]
    async fn twice(&self, id: u32) -> Result<u32, Rc<str>> {
        RUNS.fetch_add(1, SeqCst);
        Ok(self.load(id).await? * 2)
    }
}

#[derive(Hash)]
struct Repo(Rc<u32>);

#[async_trait(?Send)]
impl Load for Repo {
    #[cached]
    async fn load(&self, id: u32) -> Result<u32, Rc<str>> {
        RUNS.fetch_add(1, SeqCst);
        let base = Rc::clone(&self.0);
        tokio::task::yield_now().await;
        if id == 0 { Err("zero".into()) } else { Ok(*base + id) }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    let (one, two) = (Repo(Rc::new(1)), Repo(Rc::new(2)));
    for _ in 0..2 {
        assert_eq!((one.load(1).await, two.load(1).await, one.twice(1).await), (Ok(2), Ok(3), Ok(4)));
    }
    assert_eq!(RUNS.swap(0, SeqCst), 3);
    assert_eq!((one.load(0).await, one.load(0).await, RUNS.load(SeqCst)), (Err("zero".into()), Err("zero".into()), 2));
}
