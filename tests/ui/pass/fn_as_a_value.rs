//! A cached function is still a function: it can be passed on, and named where a function pointer is wanted.
#![deny(warnings)]

use larder::cached;

#[cached]
fn square(n: u64) -> u64 {
    n * n
}

#[cached]
async fn later(n: u64) -> u64 {
    n * n
}

const POINTER: fn(u64) -> u64 = square;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    assert_eq!([1, 2, 1, 2].map(square), [1, 4, 1, 4]);
    assert_eq!(([3, 3].into_iter().map(POINTER).sum::<u64>(), square::stats().runs), (18, 3));
    assert_eq!(futures::future::join_all([1, 2, 1].map(later)).await, [1, 4, 1]);
    assert_eq!(later::stats().runs, 2);
}
