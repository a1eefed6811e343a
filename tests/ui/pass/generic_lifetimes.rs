//! Lifetimes are kept, and tell nothing apart.
#![deny(warnings)]

use larder::cached;

#[cached]
fn longest<'a, 'b: 'a>(one: &'a str, other: &'b str, rest: &'a [&'b str]) -> usize {
    let all = [one, other].into_iter().chain(rest.iter().copied());
    all.map(str::len).max().unwrap_or(0)
}

fn main() {
    let _lab = larder::test::lab();
    let (one, other) = (String::from("ab"), String::from("abc"));
    assert_eq!(longest(&one, &other, &["abcd"]), 4);
    assert_eq!(longest("ab", "abc", &[&String::from("abcd")]), 4);
    assert_eq!(longest("abc", "ab", &["abcd"]), 4);
    assert_eq!(longest::peek(&one, "abc", &["abcd"]).unwrap(), Some(4));
    assert_eq!((longest::stats().runs, longest::stats().hits), (2, 1));
}
