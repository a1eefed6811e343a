//! What was stored outside of a lab is not found in it, nor the other way round, however often it was found before.
#![deny(warnings)]

use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::{Duration, Instant};

static RUNS: AtomicU32 = AtomicU32::new(0);

#[cached]
fn number(n: u64) -> (u64, u32) {
    (n, RUNS.fetch_add(1, SeqCst))
}

#[cached(companions = false)]
async fn text(text: &str) -> (String, u32) {
    (text.to_owned(), RUNS.fetch_add(1, SeqCst))
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (one, two) = (number(1), text("two").await);
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(50) {
        assert_eq!((number(1), text("two").await), (one, two.clone()));
    }
    for _ in 0..2 {
        let lab = larder::test::lab();
        let (inside, beside) = (number(1), text("two").await);
        assert!(inside != one && beside != two);
        assert_eq!((number(1), text("two").await), (inside, beside));
        let elsewhere = std::thread::spawn(|| (number(1), number(1))).join().unwrap();
        assert!(elsewhere.0 != elsewhere.1, "a thread that is not in the lab keeps nothing");
        assert_eq!((number::stats().runs, lab.escaped().len()), (1, 1));
    }
    assert_eq!((number(1), text("two").await), (one, two));
}
