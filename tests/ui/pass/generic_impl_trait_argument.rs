//! The types behind `impl Trait` arguments tell calls apart, in the operations too.
#![deny(warnings)]

use larder::cached;
use std::fmt::Debug;
use std::hash::Hash;

#[cached]
fn widths(one: impl Hash, other: &(impl Debug + Hash + ?Sized)) -> (usize, usize) {
    let _ = one;
    (0, size_of_val(other))
}

#[cached]
async fn text(name: impl AsRef<str> + Hash) -> String {
    name.as_ref().to_uppercase()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((widths(1u8, "ab"), widths(1u16, "ab"), widths(1u8, &1u32)), ((0, 2), (0, 2), (0, 4)));
        assert_eq!((text("a").await, text("a".to_owned()).await), ("A".into(), "A".into()));
    }
    assert_eq!((widths::stats().runs, text::stats().runs), (3, 2));
    assert_eq!((widths::peek(1u8, "ab").unwrap(), widths::peek(1i8, "ab").unwrap()), (Some((0, 2)), None));
    text::invalidate("a").await.unwrap();
    assert_eq!((text::peek("a").await.unwrap(), text::peek("a".to_owned()).await.unwrap()), (None, Some("A".into())));
}
