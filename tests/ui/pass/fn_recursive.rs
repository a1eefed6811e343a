//! A function may call itself; each of its calls is stored.
#![deny(warnings)]

use larder::cached;

#[cached]
fn sync(n: u64) -> u64 {
    if n < 2 { n } else { sync(n - 1) + sync(n - 2) }
}

#[cached]
async fn later(n: u64) -> u64 {
    if n < 2 { n } else { Box::pin(later(n - 1)).await + Box::pin(later(n - 2)).await }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    assert_eq!((sync(50), later(50).await), (12_586_269_025, 12_586_269_025));
    assert_eq!((sync::stats().runs, later::stats().runs), (51, 51));
}
