//! The future of a function is `Send` if it was: arguments, locals and errors decide, as without the attribute.
#![deny(warnings)]

use larder::cached;
use std::error::Error;

#[cached]
async fn plain(n: u64) -> u64 {
    tokio::task::yield_now().await;
    n
}

#[cached]
async fn with_local_error(n: u64) -> Result<u64, Box<dyn Error>> {
    tokio::task::yield_now().await;
    n.checked_sub(1).ok_or_else(|| "zero".into())
}

#[cached(skip(call))]
async fn with_closure(n: u64, call: &(dyn Fn(u64) -> u64 + Sync)) -> u64 {
    tokio::task::yield_now().await;
    call(n)
}

fn is_send<T: Send>(value: T) -> T {
    value
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((is_send(plain(1)).await, is_send(with_local_error(1)).await.unwrap()), (1, 0));
        assert_eq!(is_send(with_closure(1, &|n| n + 1)).await, 2);
    }
    assert_eq!((plain::stats().runs, with_local_error::stats().runs, with_closure::stats().runs), (1, 1, 1));
    is_send(plain::refresh(1)).await;
    is_send(plain::clear()).await.unwrap();
}
