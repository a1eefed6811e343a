//! `cache_if` is a closure or the path of a function, asked about the whole result beside the rules of `Ok` and `Some`.
#![deny(warnings)]

use larder::cached;

#[cached(cache_if = |value| *value > 1)]
fn closure(n: u64) -> u64 {
    n
}

#[cached(cache_if = Option::is_some, cache_none)]
fn path(n: u64) -> Option<u64> {
    n.checked_sub(1)
}

#[cached(cache_if = rules::is_long)]
async fn own(text: &str) -> Result<String, u8> {
    if text.is_empty() { Err(0) } else { Ok(text.to_owned()) }
}

mod rules {
    pub fn is_long(result: &Result<String, u8>) -> bool {
        result.as_ref().map_or(true, |text| text.len() > 1)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((closure(1), closure(2), path(0), path(1)), (1, 2, None, Some(0)));
        assert_eq!((own("").await, own("a").await, own("ab").await), (Err(0), Ok("a".into()), Ok("ab".into())));
    }
    assert_eq!((closure::stats().runs, path::stats().runs, own::stats().runs), (3, 3, 5));
}
