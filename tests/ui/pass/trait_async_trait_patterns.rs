//! `#[async_trait]` with patterns, `mut` and borrowed arguments: each is in the key.
#![deny(warnings)]

use async_trait::async_trait;
use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

#[async_trait]
trait Sum {
    async fn sum(&self, pair: (u32, u32), items: Vec<u32>, name: &str, flag: bool) -> u32;
}

#[derive(Hash)]
struct Adder;

#[async_trait]
impl Sum for Adder {
    #[cached]
    async fn sum(&self, (a, mut b): (u32, u32), mut items: Vec<u32>, name: &str, _: bool) -> u32 {
        RUNS.fetch_add(1, SeqCst);
        items.push(a);
        b += items.iter().sum::<u32>();
        b + name.len() as u32
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!(Adder.sum((1, 2), vec![3], "abcd", true).await, 10);
        assert_eq!(Adder.sum((2, 2), vec![3], "abcd", true).await, 11);
        assert_eq!(Adder.sum((1, 3), vec![3], "abcd", true).await, 11);
        assert_eq!(Adder.sum((1, 2), vec![3, 0], "abcd", true).await, 10);
        assert_eq!(Adder.sum((1, 2), vec![3], "dcba", true).await, 10);
        assert_eq!(Adder.sum((1, 2), vec![3], "abcd", false).await, 10);
    }
    assert_eq!(RUNS.load(SeqCst), 6);
}
