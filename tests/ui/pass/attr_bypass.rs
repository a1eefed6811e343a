//! Where `bypass` is true, the function runs and touches no cache; it may use arguments that are skipped.
#![deny(warnings)]

use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

#[cached(bypass = fresh, skip(fresh))]
fn flag(n: u32, fresh: bool) -> u32 {
    let _ = fresh;
    n * 100 + RUNS.fetch_add(1, SeqCst)
}

#[cached(bypass = headers.contains(&"no-cache") && is_allowed(), skip(headers))]
async fn expression(n: u32, headers: &[&str]) -> u32 {
    let _ = headers;
    n * 100 + RUNS.fetch_add(1, SeqCst)
}

fn is_allowed() -> bool {
    true
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    assert_eq!((flag(1, true), flag(1, false), flag(1, true), flag(1, false)), (100, 101, 102, 101));
    assert_eq!((flag(2, false), flag::peek(2).unwrap()), (203, Some(203)));
    assert_eq!(
        (expression(1, &["no-cache"]).await, expression(1, &[]).await, expression(1, &["x"]).await),
        (104, 105, 105)
    );
}
