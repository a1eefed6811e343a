//! `#[tracing::instrument]` makes one span: for each run where it stands above `#[cached]`, for each call where it
//! stands below.
#![deny(warnings)]

use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

static SPANS: AtomicU32 = AtomicU32::new(0);

struct Counting;

impl Subscriber for Counting {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(u64::from(SPANS.fetch_add(1, SeqCst)) + 1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[tracing::instrument]
#[cached]
fn above(n: u64) -> u64 {
    n
}

#[cached]
#[tracing::instrument]
fn below(n: u64) -> u64 {
    n
}

#[tracing::instrument(skip(text), fields(length = text.len()))]
#[cached(skip(text))]
async fn above_async(n: u64, text: &str) -> Result<u64, String> {
    tokio::task::yield_now().await;
    if text.is_empty() { Err("empty".into()) } else { Ok(n) }
}

#[cached]
#[tracing::instrument(level = "debug", err)]
async fn below_async(n: u64) -> Result<u64, String> {
    tokio::task::yield_now().await;
    Ok(n)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    let _subscriber = tracing::subscriber::set_default(Counting);
    assert_eq!((above(1), above(1), SPANS.swap(0, SeqCst)), (1, 1, 1));
    assert_eq!((below(1), below(1), SPANS.swap(0, SeqCst)), (1, 1, 2));
    assert_eq!((above_async(1, "a").await, above_async(1, "b").await, SPANS.swap(0, SeqCst)), (Ok(1), Ok(1), 1));
    assert_eq!((below_async(1).await, below_async(1).await, SPANS.swap(0, SeqCst)), (Ok(1), Ok(1), 2));
    assert_eq!((above::stats().runs, below::stats().runs), (1, 1));
    assert_eq!((above_async::stats().runs, below_async::stats().runs), (1, 1));
}
