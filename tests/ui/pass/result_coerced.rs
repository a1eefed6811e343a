//! A result is coerced to the return type as without the attribute, to a trait object too.
#![deny(warnings)]

use larder::cached;
use std::sync::Arc;

trait Shape: Send + Sync {
    fn corners(&self) -> u8;
}
struct Square;
impl Shape for Square {
    fn corners(&self) -> u8 {
        4
    }
}

#[cached]
fn sync(n: u64) -> Arc<dyn Shape> {
    let _ = n;
    Arc::new(Square)
}

#[cached]
async fn later(n: u64) -> Arc<dyn Shape> {
    let _ = n;
    Arc::new(Square)
}

#[cached]
async fn pointer(n: u64) -> Option<fn(&str) -> &str> {
    (n > 0).then_some(str::trim as _)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    assert!(Arc::ptr_eq(&sync(1), &sync(1)) && Arc::ptr_eq(&later(1).await, &later(1).await));
    assert_eq!((sync(2).corners(), later(2).await.corners(), pointer(1).await.unwrap()(" a ")), (4, 4, "a"));
    assert_eq!((sync::stats().runs, later::stats().runs), (2, 2));
}
