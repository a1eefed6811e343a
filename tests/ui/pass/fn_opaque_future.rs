//! Functions that return `impl Future` are cached when it is awaited, and run nothing before.
#![deny(warnings)]

use larder::cached;
use std::future::Future;

#[cached]
fn plain(n: u64) -> impl Future<Output = Result<u64, String>> {
    async move { n.checked_sub(1).ok_or_else(|| "zero".to_owned()) }
}

#[cached]
fn sendable(text: &str) -> impl Future<Output = usize> + Send + '_ {
    let length = text.len();
    std::future::ready(length)
}

fn is_send<T: Send>(value: T) -> T {
    value
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    drop(plain(5));
    for _ in 0..2 {
        assert_eq!((plain(1).await, plain(0).await), (Ok(0), Err("zero".into())));
        assert_eq!((is_send(sendable("ab")).await, is_send(sendable("ba")).await), (2, 2));
    }
    assert_eq!((plain::stats().runs, sendable::stats().runs), (3, 2));
    assert_eq!(plain::peek(1).await.unwrap(), Some(0));
}
