//! `Some` is stored and `None` is not, unless `cache_none` says so; an alias is an `Option`.
#![deny(warnings)]

use larder::cached;

type Maybe<T> = Option<T>;

#[cached]
fn plain(n: u64) -> Option<u64> {
    n.checked_sub(1)
}

#[cached]
async fn alias(n: u64) -> Maybe<u64> {
    n.checked_sub(1)
}

#[cached(cache_none)]
fn with_none(n: u64) -> Option<u64> {
    n.checked_sub(1)
}

#[cached(cache_none)]
fn alias_with_none(n: u64) -> Maybe<u64> {
    n.checked_sub(1)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((plain(1), plain(0), alias(1).await, alias(0).await), (Some(0), None, Some(0), None));
        assert_eq!(
            (with_none(1), with_none(0), alias_with_none(1), alias_with_none(0)),
            (Some(0), None, Some(0), None)
        );
    }
    assert_eq!((plain::stats().runs, alias::stats().runs), (3, 3));
    assert_eq!((with_none::stats().runs, alias_with_none::stats().runs), (2, 2));
    assert_eq!((plain::peek(1).unwrap(), alias::peek(1).await.unwrap()), (Some(0), Some(Some(0))));
    assert_eq!((with_none::peek(0).unwrap(), with_none::peek(2).unwrap()), (Some(None), None));
}
