//! `key` may be a block, a `match`, an iterator, a macro: whatever gives a part of a key.
#![deny(warnings)]

use larder::cached;

#[cached(key = { let (low, high) = if a < b { (a, b) } else { (b, a) }; (low, high) })]
fn unordered(a: u8, b: u8) -> u8 {
    a + b
}

#[cached(key = words.iter().map(|word| word.len()).collect::<Vec<_>>())]
fn lengths(words: &[&str]) -> usize {
    words.iter().map(|word| word.len()).sum()
}

#[cached(key = format!("{a}-{b}"))]
fn formatted(a: u8, b: u8) -> u8 {
    a + b
}

#[cached(key = match n { 0 => "none", _ => "some" })]
async fn matched(n: u8) -> u8 {
    n
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    assert_eq!((unordered(1, 2), unordered(2, 1), unordered(1, 1), unordered::stats().runs), (3, 3, 2, 2));
    assert_eq!((lengths(&["ab", ""]), lengths(&["cd", ""]), lengths(&["", "ab"]), lengths::stats().runs), (2, 2, 2, 2));
    assert_eq!((formatted(1, 2), formatted(2, 1), formatted(1, 2), formatted::stats().runs), (3, 3, 3, 2));
    assert_eq!((matched(0).await, matched(1).await, matched(2).await, matched::stats().runs), (0, 1, 1, 2));
}
