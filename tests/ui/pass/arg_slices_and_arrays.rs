//! Slices and arrays are keyed by their items and their length.
#![deny(warnings)]

use larder::cached;

#[cached]
fn slice(items: &[u32], more: &[u32]) -> u32 {
    items.iter().chain(more).sum()
}

#[cached]
fn array(items: [&str; 2]) -> String {
    items.concat()
}

#[cached]
fn borrowed(items: &[u8; 3]) -> u8 {
    items.iter().sum()
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((slice(&[1, 2], &[3]), slice(&[1], &[2, 3]), slice(&[], &[1, 2, 3])), (6, 6, 6));
        assert_eq!((array(["ab", "c"]), array(["a", "bc"])), ("abc".into(), "abc".into()));
        assert_eq!((borrowed(&[1, 2, 3]), borrowed(&[3, 2, 1])), (6, 6));
    }
    assert_eq!(slice(&vec![1, 2], &[3]), 6);
    assert_eq!((slice::stats().runs, array::stats().runs, borrowed::stats().runs), (3, 2, 2));
}
