//! `unsafe` is kept, on the function and on the operations that run it.
#![deny(warnings)]

use larder::cached;

#[cached]
unsafe fn read(n: u64) -> u64 {
    n
}

#[cached]
async unsafe fn read_later(n: u64) -> u64 {
    n
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    assert_eq!(unsafe { (read(1), read(1), read(2)) }, (1, 1, 2));
    assert_eq!(unsafe { (read_later(1).await, read_later(1).await) }, (1, 1));
    assert_eq!(unsafe { (read::refresh(1), read::uncached(1)) }, (1, 1));
    assert_eq!(read::peek(1).unwrap(), Some(1));
    assert_eq!((read::stats().hits, read_later::stats().hits), (1, 1));
    let pointer: unsafe fn(u64) -> u64 = read;
    assert_eq!(unsafe { pointer(2) }, 2);
}
