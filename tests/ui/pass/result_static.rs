//! `&'static` results and those with a `'static` inside are kept as they are.
#![deny(warnings)]

use larder::cached;
use std::borrow::Cow;

#[cached]
fn text(n: u64) -> &'static str {
    if n == 0 { "zero" } else { "many" }
}

#[cached]
fn leaked(name: &'static str) -> &'static str {
    name
}

#[cached]
fn cow(n: u64) -> Cow<'static, str> {
    if n == 0 { "zero".into() } else { n.to_string().into() }
}

#[cached]
fn in_the_error(n: u64) -> Result<u64, &'static str> {
    if n > 0 { Ok(n) } else { Err("zero") }
}

#[cached(cache_err)]
async fn in_the_stored_error(n: u64) -> Result<u64, &'static str> {
    if n > 0 { Ok(n) } else { Err("zero") }
}

#[cached]
fn slices(n: usize) -> Option<&'static [&'static str]> {
    ["a", "b"].get(..n).map(|_| &["a", "b"][..])
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((text(0), text(1), cow(0), cow(1)), ("zero", "many", "zero".into(), "1".into()));
        assert_eq!(
            (in_the_error(0), in_the_stored_error(0).await, slices(1)),
            (Err("zero"), Err("zero"), Some(&["a", "b"][..]))
        );
    }
    assert_eq!((leaked("a"), leaked("b"), leaked::peek("a").unwrap()), ("a", "b", Some("a")));
    assert_eq!((text::stats().runs, cow::stats().runs, in_the_error::stats().runs), (2, 2, 2));
    assert_eq!(
        (in_the_stored_error::peek(0).await.unwrap(), slices::peek(1).unwrap()),
        (Some(Err("zero")), Some(&["a", "b"][..]))
    );
}
