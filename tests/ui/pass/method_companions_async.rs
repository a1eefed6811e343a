//! The operations beside an async method are async, and their futures are `Send`.
#![deny(warnings)]

use larder::cached;
use std::sync::Arc;

#[derive(Clone, Hash)]
struct Repo(u64);

impl Repo {
    #[cached(companions, skip(db))]
    async fn load(self: Arc<Self>, db: &str, id: u64) -> Result<u64, String> {
        tokio::task::yield_now().await;
        id.checked_sub(1).map(|id| self.0 + id).ok_or_else(|| db.to_owned())
    }
}

fn is_send<T: Send>(value: T) -> T {
    value
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    let repo = Arc::new(Repo(10));
    assert_eq!(is_send(Arc::clone(&repo).load("db", 1)).await, Ok(10));
    assert_eq!(is_send(Arc::clone(&repo).load("db", 0)).await, Err("db".into()));
    assert_eq!(is_send(Repo::load_peek(&repo, 1)).await.unwrap(), Some(10));
    is_send(Repo::load_prime(&repo, 2, 5)).await.unwrap();
    assert_eq!(Arc::clone(&repo).load("other", 2).await, Ok(5));
    is_send(Repo::load_invalidate(&repo, 2)).await.unwrap();
    assert_eq!(is_send(Repo::load_refresh(Arc::clone(&repo), "", 2)).await, Ok(11));
    assert_eq!(is_send(Repo::load_uncached(Arc::clone(&repo), "x", 0)).await, Err("x".into()));
    is_send(Repo::load_clear()).await.unwrap();
    assert_eq!(Repo::load_peek(&repo, 1).await.unwrap(), None);
    assert_eq!(Repo::load_stats().hits, 1);
}
