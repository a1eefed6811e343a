//! `Box`, `Rc` and `Arc` arguments are keyed by what they hold.
#![deny(warnings)]

use larder::cached;
use std::rc::Rc;
use std::sync::Arc;

#[cached]
fn sum(boxed: Box<[u8]>, shared: Arc<str>, local: Rc<(u8, u8)>, object: &Box<u8>) -> usize {
    boxed.len() + shared.len() + usize::from(local.0) + usize::from(**object)
}

fn main() {
    let _lab = larder::test::lab();
    let sum =
        |boxed: &[u8], shared: &str, local, object| sum(boxed.into(), shared.into(), Rc::new(local), &Box::new(object));
    for _ in 0..2 {
        assert_eq!((sum(&[1], "a", (1, 2), 1), sum(&[2], "a", (1, 2), 1)), (4, 4));
        assert_eq!((sum(&[1], "b", (1, 2), 1), sum(&[1], "a", (1, 3), 1), sum(&[1], "a", (1, 2), 2)), (4, 4, 5));
    }
    assert_eq!((self::sum::stats().runs, self::sum::stats().hits), (5, 5));
}
