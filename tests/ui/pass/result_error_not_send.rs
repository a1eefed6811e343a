//! An error that is not `Send` does not make the future of an async function any less `Send`, nor keep its `Ok` from
//! being stored.
#![deny(warnings)]

use larder::cached;
use std::rc::Rc;

#[cached]
async fn load(n: u64) -> Result<u64, Rc<str>> {
    tokio::task::yield_now().await;
    if n == 0 { Err("zero".into()) } else { Ok(n) }
}

#[cached]
fn sync(n: u64) -> Result<u64, Rc<str>> {
    if n == 0 { Err("zero".into()) } else { Ok(n) }
}

fn is_send<T: Send>(value: T) -> T {
    value
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((is_send(load(1)).await, load(0).await), (Ok(1), Err("zero".into())));
        assert_eq!((sync(1), sync(0)), (Ok(1), Err("zero".into())));
        tokio::task::yield_now().await;
    }
    assert_eq!((load::stats().runs, sync::stats().runs), (3, 3));
    assert_eq!(is_send(load::peek(1)).await.unwrap(), Some(1));
}
