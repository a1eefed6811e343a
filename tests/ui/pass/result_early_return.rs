//! `return` and `?` leave the body, not the cache: what they give is stored or not by the same rule.
#![deny(warnings)]

use larder::cached;

#[cached]
fn early(n: u64) -> Result<u64, String> {
    if n == 0 {
        return Err("zero".into());
    }
    if n == 1 {
        return Ok(100);
    }
    let parsed: u64 = "5".parse().map_err(|_| String::new())?;
    Ok(n + parsed)
}

#[cached]
async fn early_async(n: u64) -> Option<u64> {
    if n == 1 {
        return Some(100);
    }
    let less = n.checked_sub(1)?;
    std::future::ready(()).await;
    for i in 0.. {
        if i > less {
            return Some(i);
        }
    }
    None
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((early(0), early(1), early(2)), (Err("zero".into()), Ok(100), Ok(7)));
        assert_eq!((early_async(0).await, early_async(1).await, early_async(2).await), (None, Some(100), Some(2)));
    }
    assert_eq!((early::stats().runs, early_async::stats().runs), (4, 4));
}
