//! Ten arguments: each one counts, and none is taken for its neighbour.
#![deny(warnings)]

use larder::cached;

#[cached]
fn all(a: u8, b: u8, c: &str, d: &str, e: bool, f: char, g: Option<u8>, h: i64, i: &[u8], j: (u8, u8)) -> String {
    format!("{a}{b}{c}{d}{e}{f}{g:?}{h}{i:?}{j:?}")
}

fn main() {
    let _lab = larder::test::lab();
    let calls = || {
        [
            all(1, 2, "a", "", true, 'x', None, -1, &[1], (1, 2)),
            all(2, 1, "a", "", true, 'x', None, -1, &[1], (1, 2)),
            all(1, 2, "", "a", true, 'x', None, -1, &[1], (1, 2)),
            all(1, 2, "a", "", false, 'x', None, -1, &[1], (1, 2)),
            all(1, 2, "a", "", true, 'y', None, -1, &[1], (1, 2)),
            all(1, 2, "a", "", true, 'x', Some(0), -1, &[1], (1, 2)),
            all(1, 2, "a", "", true, 'x', None, 1, &[1], (1, 2)),
            all(1, 2, "a", "", true, 'x', None, -1, &[], (1, 2)),
            all(1, 2, "a", "", true, 'x', None, -1, &[1], (2, 1)),
        ]
    };
    assert_eq!(calls(), calls());
    assert_eq!((all::stats().runs, all::stats().hits), (9, 9));
}
