//! Generated code has no `unsafe`, and overrides nothing that is forbidden.
#![deny(warnings)]
#![forbid(unsafe_code)]

use larder::cached;

#[cached]
fn sync(n: u64) -> u64 {
    n
}

#[cached]
async fn later(n: u64) -> Result<u64, String> {
    Ok(n)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((sync(1), later(1).await), (1, Ok(1)));
    }
    assert_eq!((sync::stats().runs, later::stats().runs), (1, 1));
}
