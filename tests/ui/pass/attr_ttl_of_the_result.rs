//! `ttl` as a closure is asked about each result, whole as the function returns it.
#![deny(warnings)]

use larder::{Ttl, cached};
use std::time::Duration;

#[derive(Clone)]
struct Page {
    max_age: u64,
}

#[cached(ttl = |page| page.max_age)]
fn plain(max_age: u64) -> Page {
    Page { max_age }
}

#[cached(ttl = |page: &Option<Page>| page.as_ref().map_or(Duration::ZERO, |page| Duration::from_secs(page.max_age)))]
async fn optional(max_age: u64) -> Option<Page> {
    Some(Page { max_age })
}

#[cached(ttl = |result| if result.is_ok() { Ttl::Forever } else { Ttl::For(Duration::from_secs(5)) }, cache_err)]
fn negative(n: u64) -> Result<u64, String> {
    n.checked_sub(1).ok_or_else(String::new)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let lab = larder::test::lab();
    for max_age in [0, 5, 60] {
        assert_eq!((plain(max_age).max_age, optional(max_age).await.unwrap().max_age), (max_age, max_age));
    }
    let _ = (negative(0), negative(1));
    assert_eq!((plain::peek(0).unwrap().is_some(), plain::peek(5).unwrap().is_some()), (false, true));
    lab.advance(Duration::from_secs(6));
    assert_eq!((plain::peek(5).unwrap().is_some(), plain::peek(60).unwrap().is_some()), (false, true));
    assert_eq!(
        (optional::peek(5).await.unwrap().is_some(), optional::peek(60).await.unwrap().is_some()),
        (false, true)
    );
    assert_eq!((negative::peek(0).unwrap(), negative::peek(1).unwrap()), (None, Some(Ok(0))));
}
