//! `ttl` may depend on the arguments, also on the parts of patterns and on a type parameter.
#![deny(warnings)]

use larder::cached;
use std::time::Duration;

#[cached(ttl = if urgent { 5 } else { 60 })]
fn one(n: u64, urgent: bool) -> u64 {
    n + u64::from(urgent)
}

#[cached(ttl = Duration::from_secs(*seconds))]
async fn pattern((n, seconds): (u64, u64)) -> u64 {
    n + seconds
}

trait Life {
    const SECONDS: u64;
}
impl Life for u8 {
    const SECONDS: u64 = 5;
}
impl Life for u16 {
    const SECONDS: u64 = 60;
}

#[cached(ttl = T::SECONDS)]
fn generic<T: Life>(n: u64) -> u64 {
    n
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let lab = larder::test::lab();
    let _ = (
        one(1, true),
        one(1, false),
        pattern((1, 5)).await,
        pattern((1, 60)).await,
        generic::<u8>(1),
        generic::<u16>(1),
    );
    lab.advance(Duration::from_secs(6));
    assert_eq!((one::peek(1, true).unwrap(), one::peek(1, false).unwrap()), (None, Some(1)));
    assert_eq!((pattern::peek((1, 5)).await.unwrap(), pattern::peek((1, 60)).await.unwrap()), (None, Some(61)));
    assert_eq!((generic::peek::<u8>(1).unwrap(), generic::peek::<u16>(1).unwrap()), (None, Some(1)));
}
