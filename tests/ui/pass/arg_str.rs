//! `&str` and `String` arguments are keyed by their text, and `&String` is no other key than `&str`.
#![deny(warnings)]

use larder::cached;

#[cached]
fn borrowed(text: &str) -> usize {
    text.len()
}

#[cached]
fn owned(text: String) -> usize {
    text.len()
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((borrowed("ab"), borrowed("ba"), borrowed(&"ab".to_owned()), borrowed("")), (2, 2, 2, 0));
        assert_eq!((owned("ab".into()), owned("ba".to_owned()), owned(String::new())), (2, 2, 0));
    }
    assert_eq!((borrowed::stats().runs, owned::stats().runs), (3, 3));
    assert_eq!((borrowed::peek("ab").unwrap(), owned::peek("ab".into()).unwrap()), (Some(2), Some(2)));
}
