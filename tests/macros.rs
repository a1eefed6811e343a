//! What annotated functions do: the attribute as its users write it.
#![allow(missing_docs)]

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::Duration;

use larder::cached;
use larder::test::lab;

/// Counts the runs of one function in one test.
macro_rules! counter {
    ($name:ident) => {
        static $name: AtomicU32 = AtomicU32::new(0);
    };
}

#[test]
fn a_sync_function_runs_once_for_each_set_of_arguments() {
    counter!(RUNS);
    #[cached(ttl = 30, tags = ["t:{n}"], cache_if = |v| *v > 0)]
    fn square(n: u64) -> u64 {
        RUNS.fetch_add(1, SeqCst);
        n * n
    }
    let lab = lab();
    assert_eq!((square(3), square(3), RUNS.load(SeqCst)), (9, 9, 1));
    square::invalidate(3).unwrap();
    assert_eq!(square::peek(3).unwrap(), None);
    assert_eq!((square(3), RUNS.load(SeqCst)), (9, 2));
    assert_eq!(square::peek(3).unwrap(), Some(9));
    assert_eq!((square::refresh(3), RUNS.load(SeqCst)), (9, 3));
    assert_eq!((square::uncached(3), RUNS.load(SeqCst)), (9, 4));
    assert_eq!((square(0), square(0), RUNS.load(SeqCst)), (0, 0, 6));
    larder::cache().blocking().invalidate_tag("t:3").unwrap();
    assert_eq!(square::peek(3).unwrap(), None);
    square::prime(3, 10).unwrap();
    assert_eq!(square(3), 10);
    square::prime(4, 0).unwrap();
    assert_eq!(square::peek(4).unwrap(), None, "the policy holds for what is primed");
    lab.advance(Duration::from_secs(30));
    assert_eq!(square::peek(3).unwrap(), None);
    square::clear().unwrap();
    assert_eq!(square::stats().hits, 2);
}

#[tokio::test]
async fn an_async_function_in_generic_code_and_with_an_error_that_is_not_send() {
    #[cached]
    async fn load<T: std::fmt::Debug + std::hash::Hash + Clone + Send + Sync + 'static>(
        t: T,
        s: &str,
    ) -> Result<Vec<T>, Box<dyn std::error::Error>> {
        tokio::task::yield_now().await;
        if s.is_empty() {
            return Err("empty".into());
        }
        Ok(vec![t])
    }
    fn assert_send<T: Send>(t: T) -> T {
        t
    }
    let _lab = lab();
    assert_eq!(assert_send(load(5u8, "x")).await.unwrap(), vec![5u8]);
    assert_eq!(load(5u64, "x").await.unwrap(), vec![5u64]);
    assert!(load(5u64, "").await.is_err());
    assert_eq!(assert_send(load::peek::<u8>(5, "x")).await.unwrap(), Some(vec![5]));
    assert_send(load::prime(6u8, "x", vec![7])).await.unwrap();
    assert_send(load::prime(8u8, "x", Ok(vec![7]))).await.unwrap();
    assert_eq!((load(6u8, "x").await.unwrap(), load(8u8, "x").await.unwrap()), (vec![7], vec![7]));
    assert_send(load::invalidate::<u8>(6, "x")).await.unwrap();
    assert_eq!(load(6u8, "x").await.unwrap(), vec![6]);
    assert_send(load::clear()).await.unwrap();
}
