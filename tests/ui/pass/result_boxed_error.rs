//! `Box<dyn Error>` as the error: `?` converts to it, and it is never stored.
#![deny(warnings)]

use larder::cached;
use std::error::Error;

#[cached]
fn sync(text: &str) -> Result<u64, Box<dyn Error>> {
    let n: u64 = text.parse()?;
    if n == 0 { Err("zero".into()) } else { Ok(n) }
}

#[cached]
async fn sendable(text: &str) -> Result<u64, Box<dyn Error + Send + Sync>> {
    tokio::task::yield_now().await;
    let n: u64 = text.parse()?;
    if n == 0 { Err("zero".into()) } else { Ok(n) }
}

fn is_send<T: Send>(value: T) -> T {
    value
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((sync("7").unwrap(), is_send(sendable("7")).await.unwrap()), (7, 7));
        assert_eq!(
            (sync("0").unwrap_err().to_string(), sendable("0").await.unwrap_err().to_string()),
            ("zero".into(), "zero".into())
        );
        assert!(sync("x").is_err() && sendable("x").await.is_err());
    }
    assert_eq!((sync::stats().runs, sendable::stats().runs), (5, 5));
}
