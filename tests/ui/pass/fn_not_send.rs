//! A run may hold an `Rc` over an await; its future is then not `Send`, as without the attribute.
#![deny(warnings)]

use larder::cached;
use std::cell::Cell;
use std::rc::Rc;

#[cached]
async fn local(n: Rc<u64>) -> u64 {
    let count = Rc::new(Cell::new(*n));
    let other = Rc::clone(&count);
    tokio::task::yield_now().await;
    other.set(other.get() + 1);
    tokio::task::yield_now().await;
    count.get()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    assert_eq!((local(Rc::new(1)).await, local(Rc::new(1)).await, local(Rc::new(2)).await), (2, 2, 3));
    assert_eq!((local::stats().runs, local::stats().hits), (2, 1));
}
