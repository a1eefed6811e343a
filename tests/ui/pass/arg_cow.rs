//! A `Cow` is keyed by its text, borrowed or owned.
#![deny(warnings)]

use larder::cached;
use std::borrow::Cow;

#[cached]
fn length(text: Cow<'_, str>) -> usize {
    text.len()
}

#[cached]
async fn total<'a>(items: Cow<'a, [u8]>) -> u8 {
    items.iter().sum()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    let text = String::from("ab");
    assert_eq!((length(Cow::Borrowed(&text)), length(Cow::Owned(text.clone())), length("ba".into())), (2, 2, 2));
    assert_eq!((length::stats().runs, length::stats().hits), (2, 1));
    assert_eq!((total(Cow::Borrowed(&[1, 2])).await, total(Cow::Owned(vec![1, 2])).await), (3, 3));
    assert_eq!(total::stats().runs, 1);
}
