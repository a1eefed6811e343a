//! Cached functions in cached functions, in closures and in themselves: each finds its own results by equal arguments.
#![deny(warnings)]

use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

fn ran<T>(result: T) -> T {
    RUNS.fetch_add(1, SeqCst);
    result
}

#[cached]
fn outer(n: u64) -> u64 {
    #[cached]
    fn inner(n: u64) -> u64 {
        ran(n * 2)
    }

    let inside = |n: u64| {
        #[cached(companions = false)]
        fn inner(n: u64) -> u64 {
            ran(n * 3)
        }
        inner(n)
    };
    ran(inner(n) * 100 + inside(n))
}

#[cached(companions = false)]
fn steps(n: u64, text: &str) -> u64 {
    if n < 2 { ran(n) } else { ran(steps(n - 1, text) + steps(n - 2, text)) }
}

#[cached(companions = false)]
async fn steps_later(n: u64) -> u64 {
    if n < 2 { ran(n) } else { ran(Box::pin(steps_later(n - 1)).await + Box::pin(steps_later(n - 2)).await) }
}

#[cached(companions = false)]
fn even(n: u32) -> bool {
    ran(n == 0 || odd(n - 1))
}

#[cached(companions = false)]
fn odd(n: u32) -> bool {
    ran(n != 0 && even(n - 1))
}

async fn check() {
    for _ in 0..3 {
        assert_eq!((outer(1), outer(2)), (203, 406));
        let doubled: Vec<u64> = [1, 2, 1].into_iter().map(outer).collect();
        assert_eq!(doubled, [203, 406, 203]);
        assert_eq!((steps(30, "a"), steps(30, "b"), steps_later(30).await), (832_040, 832_040, 832_040));
        assert_eq!((even(10), odd(10)), (true, false));
    }
    assert_eq!(RUNS.swap(0, SeqCst), 2 * 3 + 2 * 31 + 31 + 2 * 11);
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    check().await;
    let _lab = larder::test::lab();
    check().await;
}
