//! Tuples are keyed field by field: `("ab", "c")` is not `("a", "bc")`.
#![deny(warnings)]

use larder::cached;

#[cached]
fn join(pair: (&str, &str)) -> String {
    format!("{}{}", pair.0, pair.1)
}

#[cached]
fn two(one: &str, other: &str) -> String {
    format!("{one}{other}")
}

#[cached]
fn nested(((a, b), c): ((u8, u8), u8)) -> u8 {
    a + b + c
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!(
            (join(("ab", "c")), join(("a", "bc")), join(("", "abc"))),
            ("abc".into(), "abc".into(), "abc".into())
        );
        assert_eq!((two("ab", "c"), two("a", "bc"), two("abc", "")), ("abc".into(), "abc".into(), "abc".into()));
        assert_eq!((nested(((1, 2), 3)), nested(((3, 2), 1))), (6, 6));
    }
    assert_eq!((join::stats().runs, two::stats().runs, nested::stats().runs), (3, 3, 2));
}
