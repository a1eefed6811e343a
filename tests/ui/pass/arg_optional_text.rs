//! `None` and `Some("")` are two keys.
#![deny(warnings)]

use larder::cached;

#[cached]
fn borrowed(name: Option<&str>, other: Option<&str>) -> u8 {
    u8::from(name.is_some()) + 2 * u8::from(other.is_some())
}

#[cached]
fn nested(value: Option<Option<u8>>) -> u8 {
    value.map_or(0, |value| value.map_or(1, |_| 2))
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((borrowed(None, None), borrowed(Some(""), None), borrowed(None, Some(""))), (0, 1, 2));
        assert_eq!((borrowed(Some("a"), None), borrowed(None, Some("a"))), (1, 2));
        assert_eq!((nested(None), nested(Some(None)), nested(Some(Some(0)))), (0, 1, 2));
    }
    assert_eq!((borrowed::stats().runs, nested::stats().runs), (5, 3));
}
