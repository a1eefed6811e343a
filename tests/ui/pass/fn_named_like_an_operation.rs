//! Functions may be called like the operations, like methods of the prelude, and in any script.
#![deny(warnings)]

use larder::cached;

#[cached]
fn refresh(n: u8) -> u8 {
    n + 1
}

#[cached]
fn uncached(n: u8) -> u8 {
    n + 2
}

#[cached]
async fn peek(peek: u8) -> u8 {
    peek + 3
}

#[cached]
fn clone(n: u8) -> u8 {
    n + 4
}

#[cached]
fn größe(länge: u8) -> u8 {
    länge + 5
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((refresh(1), uncached(1), peek(1).await, clone(1), größe(1)), (2, 3, 4, 5, 6));
    }
    assert_eq!((refresh::refresh(1), refresh::uncached(1), uncached::uncached(1), uncached::refresh(1)), (2, 2, 3, 3));
    assert_eq!((peek::peek(1).await.unwrap(), peek::refresh(1).await, größe::peek(1).unwrap()), (Some(4), 4, Some(6)));
    assert_eq!((refresh::stats().hits, uncached::stats().hits, peek::stats().hits, clone::stats().hits), (1, 1, 1, 1));
}
