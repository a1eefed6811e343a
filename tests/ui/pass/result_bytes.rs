//! Bytes, as a vector or as `bytes::Bytes`, on a handler of bytes too.
#![deny(warnings)]

use bytes::Bytes;
use larder::cached;

#[cached(handler = "redis")]
fn vector(n: u8) -> Vec<u8> {
    vec![n; usize::from(n)]
}

#[cached(handler = "disk")]
async fn buffer(n: u8) -> Option<Bytes> {
    (n > 0).then(|| Bytes::from(vec![n; 3]))
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((vector(2), vector(0)), (vec![2, 2], vec![]));
        assert_eq!((buffer(1).await, buffer(0).await), (Some(Bytes::from_static(&[1, 1, 1])), None));
    }
    assert_eq!((vector::stats().runs, buffer::stats().runs), (2, 3));
}
