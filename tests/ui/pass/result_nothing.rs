//! A function that returns nothing is run once for each set of arguments.
#![deny(warnings)]

use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

#[cached]
fn unwritten(n: u32) {
    RUNS.fetch_add(n, SeqCst);
}

#[cached]
#[allow(clippy::unused_unit)]
fn written(n: u32) -> () {
    RUNS.fetch_add(n, SeqCst);
}

#[cached]
async fn fallible(n: u32) -> Result<(), String> {
    RUNS.fetch_add(n, SeqCst);
    if n == 100 { Err("full".into()) } else { Ok(()) }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        unwritten(1);
        unwritten(2);
        written(10);
        fallible(20).await.unwrap();
        assert!(fallible(100).await.is_err());
    }
    assert_eq!(RUNS.load(SeqCst), 1 + 2 + 10 + 20 + 100 + 100);
    assert_eq!((unwritten::peek(1).unwrap(), fallible::peek(20).await.unwrap()), (Some(()), Some(())));
}
