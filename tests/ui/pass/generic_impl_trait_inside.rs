//! `impl Trait` may stand inside of an argument's type.
#![deny(warnings)]

use larder::cached;
use std::hash::Hash;

#[cached]
fn inside(option: Option<impl Hash>, slice: &[impl Hash], pair: (impl Hash, u8), array: [impl Hash; 2]) -> usize {
    size_of_val(&option) + size_of_val(slice) + size_of_val(&pair) + size_of_val(&array)
}

#[cached(skip(words))]
async fn skipped<'a>(n: usize, words: impl Iterator<Item = &'a str>) -> Option<String> {
    words.skip(n).map(str::to_owned).next()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!(inside(Some(1u8), &[1u8, 2], (1u8, 1), [1u8, 2]), 2 + 2 + 2 + 2);
        assert_eq!(inside(Some(1u16), &[1u8, 2], (1u8, 1), [1u8, 2]), 4 + 2 + 2 + 2);
        assert_eq!(inside(Some(1u8), &[1u16, 2], (1u8, 1), [1u8, 2]), 2 + 4 + 2 + 2);
        assert_eq!(inside(Some(1u8), &[1u8, 2], (1u8, 1), [1u16, 2]), 2 + 2 + 2 + 4);
        assert_eq!(skipped(1, ["a", "b"].into_iter()).await.as_deref(), Some("b"));
    }
    assert_eq!((inside::stats().runs, skipped::stats().runs), (4, 1));
    assert_eq!(skipped::peek(1).await.unwrap().as_deref(), Some("b"));
}
