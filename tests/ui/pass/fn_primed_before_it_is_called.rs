//! What `prime` has stored is found by the first call already, and by those that come when others were found.
#![deny(warnings)]

use larder::cached;
use std::time::{Duration, Instant};

#[cached]
fn number(n: u64) -> (u64, bool) {
    (n, false)
}

#[cached]
async fn text(text: &str) -> Result<(usize, bool), String> {
    Ok((text.len(), false))
}

#[cached]
fn late(n: u64, text: &str) -> (u64, bool) {
    let _ = text;
    (n, false)
}

async fn check() {
    number::prime(1, (1, true)).unwrap();
    text::prime("a", (1, true)).await.unwrap();
    assert_eq!((number(1), text("a").await), ((1, true), Ok((1, true))));
    assert_eq!((number(2), text("ab").await), ((2, false), Ok((2, false))));
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(20) {
        assert_eq!((number(1), text("a").await), ((1, true), Ok((1, true))));
        assert_eq!((number(2), text("ab").await), ((2, false), Ok((2, false))));
    }
    late::prime(1, "", (1, true)).unwrap();
    assert_eq!((late(1, ""), late(2, ""), late(1, "")), ((1, true), (2, false), (1, true)));
    number::prime(2, (2, true)).unwrap();
    late::prime(2, "", (2, true)).unwrap();
    assert_eq!((number(2), late(2, "")), ((2, true), (2, true)));
    assert_eq!((number::stats().runs, text::stats().runs, late::stats().runs), (1, 1, 1));
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    check().await;
    let _lab = larder::test::lab();
    check().await;
}
