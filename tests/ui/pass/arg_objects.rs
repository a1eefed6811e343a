//! An argument that is an object can be skipped, or be in the key by what it displays.
#![deny(warnings)]

use larder::cached;
use std::fmt::{Debug, Display};

#[cached(key = "{text}:{debug:?}")]
fn shown(text: &dyn Display, debug: &dyn Debug) -> String {
    format!("{text}{debug:?}")
}

#[cached(skip(call))]
fn called(n: u8, call: Box<dyn FnOnce(u8) -> u8>) -> u8 {
    call(n)
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!(
            (shown(&1, &"a"), shown(&"1", &"a"), shown(&2, &"a")),
            ("1\"a\"".into(), "1\"a\"".into(), "2\"a\"".into())
        );
        assert_eq!(shown(&1, &'a'), "1'a'");
    }
    assert_eq!((called(1, Box::new(|n| n + 1)), called(1, Box::new(|_| unreachable!()))), (2, 2));
    assert_eq!((shown::stats().runs, called::stats().runs), (3, 1));
}
