//! An alias that is called `Result` itself works like `std`'s.
#![deny(warnings)]

use larder::cached;

#[derive(Debug, PartialEq)]
struct Broken;

type Result<T, E = Broken> = std::result::Result<T, E>;

#[cached]
fn checked(n: u64) -> Result<u64> {
    n.checked_sub(1).ok_or(Broken)
}

#[cached]
async fn named(n: u64) -> Result<u64, String> {
    n.checked_sub(1).ok_or_else(|| "zero".into())
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((checked(1), checked(0)), (Ok(0), Err(Broken)));
        assert_eq!((named(1).await, named(0).await), (Ok(0), Err("zero".into())));
    }
    assert_eq!((checked::stats().runs, named::stats().runs), (3, 3));
    assert_eq!((checked::peek(1).unwrap(), named::peek(1).await.unwrap()), (Some(0), Some(0)));
}
