//! Raw identifiers are names like any other: of functions, arguments, in `key`, `tags` and `skip`.
#![deny(warnings)]

use larder::cached;

#[cached]
fn r#type(r#fn: u64, r#match: &str) -> u64 {
    r#fn + r#match.len() as u64
}

#[cached(key = (r#in, 1), tags = ["loop:{r#in}"], skip(r#mod))]
fn r#loop(r#in: u64, r#mod: u64) -> u64 {
    r#in + r#mod
}

struct Repo;

impl Repo {
    #[cached(companions)]
    fn r#use(r#as: u64) -> u64 {
        r#as
    }
}

fn main() {
    let _lab = larder::test::lab();
    assert_eq!((r#type(1, "a"), r#type(1, "b"), r#type(1, "a"), r#type::uncached(2, "")), (2, 2, 2, 2));
    assert_eq!((r#loop(1, 1), r#loop(1, 2), r#loop(2, 2)), (2, 2, 4));
    larder::cache().blocking().invalidate_tag("loop:1").unwrap();
    assert_eq!((r#loop::peek(1).unwrap(), r#loop::peek(2).unwrap()), (None, Some(4)));
    assert_eq!((Repo::r#use(1), Repo::use_peek(1).unwrap()), (1, Some(1)));
    assert_eq!((r#type::stats().hits, r#loop::stats().hits), (1, 1));
}
