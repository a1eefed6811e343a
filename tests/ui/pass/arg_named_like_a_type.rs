//! An argument may be called like a type or a constant: templates and `skip` know it.
#![deny(warnings)]
#![allow(non_snake_case)]

use larder::cached;

#[cached(key = "{T}")]
fn in_a_template(T: u64) -> u64 {
    T
}

#[cached(skip(Db))]
fn skipped(Db: &dyn Fn() -> u64, n: u64) -> u64 {
    Db() + n
}

#[cached]
fn plain(N: u64, mut S: String) -> String {
    S.push_str(&N.to_string());
    S
}

fn main() {
    let _lab = larder::test::lab();
    assert_eq!((in_a_template(1), in_a_template(2), in_a_template::stats().runs), (1, 2, 2));
    assert_eq!((skipped(&|| 1, 1), skipped(&|| 5, 1)), (2, 2));
    assert_eq!((plain(1, "a".into()), plain(2, "a".into()), plain(1, "b".into())), ("a1".into(), "a2".into(), "b1".into()));
}
