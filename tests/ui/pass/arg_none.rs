//! Functions without arguments have one result each.
#![deny(warnings)]

use larder::cached;

#[cached]
fn one() -> u8 {
    1
}

#[cached]
async fn two() -> Option<u8> {
    Some(2)
}

#[cached]
fn nothing() {}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((one(), two().await), (1, Some(2)));
        nothing();
    }
    assert_eq!(
        (one::peek().unwrap(), two::peek().await.unwrap(), nothing::peek().unwrap()),
        (Some(1), Some(2), Some(()))
    );
    one::invalidate().unwrap();
    assert_eq!((one::peek().unwrap(), two::peek().await.unwrap()), (None, Some(2)));
    assert_eq!((one::stats().runs, two::stats().runs, nothing::stats().runs), (1, 1, 1));
}
