//! A `Result` or an `Option` may be written with any path.
#![deny(warnings)]

use larder::cached;

#[cached]
fn of_core(n: u8) -> core::result::Result<u8, std::string::String> {
    n.checked_sub(1).ok_or_else(String::new)
}

#[cached]
async fn of_std(n: u8) -> ::std::option::Option<::std::vec::Vec<u8>> {
    n.checked_sub(1).map(|n| vec![n])
}

#[cached]
fn of_fmt(n: u8) -> std::fmt::Result {
    if n == 0 { Err(std::fmt::Error) } else { Ok(()) }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for n in [0, 1, 0, 1] {
        let _ = (of_core(n), of_std(n).await, of_fmt(n));
    }
    assert_eq!((of_core::stats().runs, of_std::stats().runs, of_fmt::stats().runs), (3, 3, 3));
    assert_eq!((of_core::peek(1).unwrap(), of_std::peek(1).await.unwrap()), (Some(0), Some(vec![0])));
    assert_eq!(of_fmt::peek(1).unwrap(), Some(Ok(())));
}
