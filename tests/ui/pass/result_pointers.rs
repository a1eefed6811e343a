//! `Arc` and `Box` results: the `Arc` of a hit is the one that was stored.
#![deny(warnings)]

use larder::cached;
use std::sync::Arc;

#[cached]
fn shared(n: u64) -> Arc<Vec<u64>> {
    Arc::new(vec![n])
}

#[cached]
fn boxed(n: u64) -> Result<Box<[u64]>, String> {
    if n == 0 { Err("zero".into()) } else { Ok(Box::new([n, n])) }
}

#[cached]
async fn text(n: u64) -> Option<Arc<str>> {
    (n > 0).then(|| n.to_string().into())
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    assert!(Arc::ptr_eq(&shared(1), &shared(1)) && !Arc::ptr_eq(&shared(1), &shared(2)));
    for _ in 0..2 {
        assert_eq!((boxed(1).unwrap().to_vec(), text(1).await.as_deref()), (vec![1, 1], Some("1")));
    }
    assert!(Arc::ptr_eq(&text(1).await.unwrap(), &text(1).await.unwrap()));
    assert_eq!((shared::stats().runs, boxed::stats().runs, text::stats().runs), (2, 1, 1));
}
