//! Numbers that fit in two words, just do not, or do not by far: each counts at its place, with its width and its sign.
#![deny(warnings)]

use larder::cached;

#[cached]
fn sixteen(a: u64, b: u64) -> (u64, u64) {
    (a, b)
}

#[cached]
fn seventeen(a: u64, b: u64, c: u8) -> (u64, u64, u8) {
    (a, b, c)
}

#[cached]
fn one_behind(a: u128, b: u8) -> (u128, u8) {
    (a, b)
}

#[cached]
fn one_before(a: u8, b: u128) -> (u8, u128) {
    (a, b)
}

#[cached]
fn four(a: u128, b: i128, c: u64, d: i64) -> (u128, i128, u64, i64) {
    (a, b, c, d)
}

#[cached]
fn mixed(a: bool, b: u8, c: char, d: i16, e: f32, f: u32) -> String {
    format!("{a}{b}{c}{d}{e}{f}")
}

#[cached]
fn signed(a: i8, b: i64) -> (i8, i64) {
    (a, b)
}

#[cached]
fn by_reference(a: &u64, b: &u8, c: u16) -> (u64, u8, u16) {
    (*a, *b, c)
}

#[cached]
fn nothing() -> u64 {
    7
}

fn check() {
    for _ in 0..3 {
        assert_eq!(
            (sixteen(1, 0), sixteen(0, 1), sixteen(1, 1), sixteen(u64::MAX, 0)),
            ((1, 0), (0, 1), (1, 1), (u64::MAX, 0))
        );
        assert_eq!((seventeen(1, 2, 3), seventeen(1, 2, 4), seventeen(2, 1, 3)), ((1, 2, 3), (1, 2, 4), (2, 1, 3)));
        assert_eq!(
            (one_behind(1, 2), one_behind(2, 1), one_behind(3, 0), one_behind(0, 3)),
            ((1, 2), (2, 1), (3, 0), (0, 3))
        );
        assert_eq!(
            (one_before(1, 2), one_before(2, 1), one_before(3, 0), one_before(0, 3)),
            ((1, 2), (2, 1), (3, 0), (0, 3))
        );
        assert_eq!(
            (four(1, -1, 2, -2), four(1, -2, 2, -1), four(2, -1, 1, -2)),
            ((1, -1, 2, -2), (1, -2, 2, -1), (2, -1, 1, -2))
        );
        assert_eq!(
            (mixed(true, 0, 'x', -1, 0.5, 2), mixed(false, 1, 'x', -1, 0.5, 2)),
            ("true0x-10.52".into(), "false1x-10.52".into())
        );
        assert_eq!(
            (mixed(true, 0, 'y', -1, 0.5, 2), mixed(true, 0, 'x', 1, 0.5, 2)),
            ("true0y-10.52".into(), "true0x10.52".into())
        );
        assert_eq!(
            (signed(-1, 0), signed(0, -1), signed(-1, -1), signed(127, -128)),
            ((-1, 0), (0, -1), (-1, -1), (127, -128))
        );
        assert_eq!((by_reference(&1, &2, 3), by_reference(&3, &2, 1)), ((1, 2, 3), (3, 2, 1)));
        assert_eq!(nothing(), 7);
    }
    assert_eq!((sixteen::stats().runs, sixteen::stats().hits), (4, 8));
    assert_eq!((seventeen::stats().runs, seventeen::stats().hits), (3, 6));
    assert_eq!((one_behind::stats().runs, one_before::stats().runs), (4, 4));
    assert_eq!((one_behind::stats().hits, one_before::stats().hits), (8, 8));
    assert_eq!((four::stats().runs, four::stats().hits), (3, 6));
    assert_eq!((mixed::stats().runs, mixed::stats().hits), (4, 8));
    assert_eq!((signed::stats().runs, signed::stats().hits), (4, 8));
    assert_eq!((by_reference::stats().runs, by_reference::stats().hits), (2, 4));
    assert_eq!((nothing::stats().runs, nothing::stats().hits), (1, 2));
    assert_eq!((one_behind::peek(2, 1).unwrap(), one_behind::peek(1, 1).unwrap()), (Some((2, 1)), None));
    assert_eq!((sixteen::peek(0, 1).unwrap(), nothing::peek().unwrap()), (Some((0, 1)), Some(7)));
}

fn main() {
    check();
    let _lab = larder::test::lab();
    check();
}
