//! Functions may call each other in a circle.
#![deny(warnings)]

use larder::cached;

#[cached]
fn even(n: u32) -> bool {
    n == 0 || odd(n - 1)
}

#[cached]
fn odd(n: u32) -> bool {
    n != 0 && even(n - 1)
}

#[cached]
async fn ping(n: u32) -> u32 {
    if n == 0 { 0 } else { Box::pin(pong(n - 1)).await + 1 }
}

#[cached]
async fn pong(n: u32) -> u32 {
    if n == 0 { 0 } else { Box::pin(ping(n - 1)).await + 1 }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    assert_eq!((even(20), even(20), odd(20)), (true, true, false));
    assert_eq!((even::stats().runs, odd::stats().runs), (21, 21));
    assert_eq!((ping(10).await, ping(10).await), (10, 10));
    assert_eq!((ping::stats().runs, pong::stats().runs), (6, 5));
}
