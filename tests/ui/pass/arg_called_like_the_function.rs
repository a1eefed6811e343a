//! An argument may be called like its function, which may call itself.
#![deny(warnings)]

use larder::cached;

#[cached]
fn depth(depth: u32, limit: u32) -> u32 {
    if depth >= limit { depth } else { self::depth(depth + 1, limit) }
}

#[cached(key = (load, 1))]
async fn load(load: u8) -> u8 {
    load
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    assert_eq!((depth(0, 3), depth(1, 3), depth(1, 2)), (3, 3, 2));
    assert_eq!((depth::stats().runs, depth::stats().hits), (6, 1));
    assert_eq!((depth::refresh(3, 3), depth::uncached(0, 3), depth::peek(1, 2).unwrap()), (3, 3, Some(2)));
    assert_eq!((load(1).await, load(1).await, load::refresh(2).await, load::uncached(1).await), (1, 1, 2, 1));
}
