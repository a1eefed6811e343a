//! An alias of `Result` is a `Result`, under whatever name and with whatever parameters.
#![deny(warnings)]

use larder::cached;

type Fallible<T> = Result<T, String>;
type Numbers = Result<Vec<u64>, String>;

#[cached]
fn one(n: u64) -> Fallible<u64> {
    n.checked_sub(1).ok_or_else(String::new)
}

#[cached]
async fn many(n: u64) -> Numbers {
    Ok(vec![n.checked_sub(1).ok_or_else(String::new)?])
}

#[cached(cache_err)]
fn with_err(n: u64) -> Fallible<u64> {
    n.checked_sub(1).ok_or_else(String::new)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        let _ = (one(0), one(1), many(0).await, many(1).await, with_err(0), with_err(1));
    }
    assert_eq!((one::stats().runs, many::stats().runs, with_err::stats().runs), (3, 3, 2));
    assert_eq!((one::peek(0).unwrap(), one::peek(1).unwrap()), (None, Some(Ok(0))));
    assert_eq!(many::peek(1).await.unwrap(), Some(Ok(vec![0])));
    one::prime(5, 50).unwrap();
    one::prime(6, Ok(60)).unwrap();
    assert_eq!((one(5), one(6)), (Ok(50), Ok(60)));
}
