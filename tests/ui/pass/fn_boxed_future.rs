//! Functions that return a boxed future are cached when it is awaited, and run nothing before.
#![deny(warnings)]

use futures::future::{BoxFuture, LocalBoxFuture};
use larder::cached;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

#[cached]
fn pinned(n: u64) -> Pin<Box<dyn Future<Output = Option<u64>> + Send>> {
    Box::pin(async move { n.checked_sub(1) })
}

#[cached]
fn boxed<'a>(text: &'a str) -> BoxFuture<'a, usize> {
    Box::pin(async move {
        tokio::task::yield_now().await;
        text.len()
    })
}

#[cached]
fn local(n: u64) -> LocalBoxFuture<'static, u64> {
    Box::pin(async move {
        let n = Rc::new(n);
        tokio::task::yield_now().await;
        *n
    })
}

fn is_send<T: Send>(value: T) -> T {
    value
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    drop(pinned(5));
    for _ in 0..2 {
        assert_eq!(
            (is_send(pinned(1)).await, is_send(boxed(&String::from("ab"))).await, local(3).await),
            (Some(0), 2, 3)
        );
        assert_eq!(pinned(0).await, None);
    }
    assert_eq!((pinned::stats().runs, boxed::stats().runs, local::stats().runs), (3, 1, 1));
    assert_eq!((pinned::peek(1).await.unwrap(), boxed::peek("ab").await.unwrap()), (Some(0), Some(2)));
}
