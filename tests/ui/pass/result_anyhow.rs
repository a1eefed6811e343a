//! `anyhow::Result`, whose error cannot be cloned.
#![deny(warnings)]

use anyhow::{Context as _, bail};
use larder::cached;

#[cached]
fn parse(text: &str) -> anyhow::Result<u64> {
    if text.is_empty() {
        bail!("empty");
    }
    text.parse().with_context(|| format!("of {text}"))
}

#[cached]
async fn parse_later(text: &str) -> anyhow::Result<u64> {
    tokio::task::yield_now().await;
    Ok(text.parse::<u64>()? + 1)
}

fn is_send<T: Send>(value: T) -> T {
    value
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((parse("7").unwrap(), is_send(parse_later("7")).await.unwrap()), (7, 8));
        assert_eq!(
            (parse("").unwrap_err().to_string(), parse("x").unwrap_err().to_string()),
            ("empty".into(), "of x".into())
        );
        assert!(parse_later("x").await.is_err());
    }
    assert_eq!((parse::stats().runs, parse_later::stats().runs), (5, 3));
    assert_eq!((parse::peek("7").unwrap(), parse_later::peek("7").await.unwrap()), (Some(7), Some(8)));
}
