//! A closure that is skipped is left out of the key with its type.
#![deny(warnings)]

use larder::cached;

#[cached(skip(load))]
fn with(id: u64, load: impl Fn(u64) -> u64) -> u64 {
    load(id)
}

#[cached(skip(load))]
async fn with_async(id: u64, load: impl AsyncFn(u64) -> u64) -> u64 {
    load(id).await
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    assert_eq!((with(1, |id| id + 1), with(1, |id| id + 2), with(2, |id| id + 2)), (2, 2, 4));
    assert_eq!(with::peek(1).unwrap(), Some(2));
    assert_eq!((with::refresh(1, |id| id + 5), with(1, |_| unreachable!())), (6, 6));
    assert_eq!((with_async(1, async |id| id + 1).await, with_async(1, async |id| id + 2).await), (2, 2));
    assert_eq!((with::stats().runs, with_async::stats().runs), (3, 1));
}
