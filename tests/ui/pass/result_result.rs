//! `Ok` is stored and `Err` is not, unless `cache_err` says so.
#![deny(warnings)]

use larder::cached;

#[cached]
fn plain(n: u64) -> Result<u64, String> {
    n.checked_sub(1).ok_or_else(|| "zero".into())
}

#[cached(cache_err)]
fn with_err(n: u64) -> Result<u64, String> {
    n.checked_sub(1).ok_or_else(|| "zero".into())
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((plain(1), plain(0)), (Ok(0), Err("zero".into())));
        assert_eq!((with_err(1), with_err(0)), (Ok(0), Err("zero".into())));
    }
    assert_eq!((plain::stats().runs, plain::stats().hits), (3, 1));
    assert_eq!((with_err::stats().runs, with_err::stats().hits), (2, 2));
    assert_eq!((plain::peek(1).unwrap(), plain::peek(0).unwrap()), (Some(0), None));
    assert_eq!((with_err::peek(1).unwrap(), with_err::peek(0).unwrap()), (Some(Ok(0)), Some(Err("zero".into()))));
}
