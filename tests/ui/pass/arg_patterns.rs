//! An argument that is a pattern is keyed by all of it, also by what the pattern leaves out.
#![deny(warnings)]

use larder::cached;

#[derive(Hash, Clone)]
struct Point {
    x: u8,
    y: u8,
}

#[cached]
fn parts(Point { x, .. }: Point, (a, [b, ..]): (u8, [u8; 3]), &c: &u8, whole @ (d, _): (u8, u8)) -> u8 {
    x + a + b + c + d + whole.0
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!(parts(Point { x: 1, y: 0 }, (1, [1, 0, 0]), &1, (1, 0)), 6);
        assert_eq!(parts(Point { x: 1, y: 9 }, (1, [1, 0, 0]), &1, (1, 0)), 6);
        assert_eq!(parts(Point { x: 1, y: 0 }, (1, [1, 9, 0]), &1, (1, 0)), 6);
        assert_eq!(parts(Point { x: 1, y: 0 }, (1, [1, 0, 0]), &1, (1, 9)), 6);
    }
    let point = Point { x: 1, y: 9 };
    assert_eq!((parts::peek(point.clone(), (1, [1, 0, 0]), &1, (1, 0)).unwrap(), point.y), (Some(6), 9));
    assert_eq!((parts::stats().runs, parts::stats().hits), (4, 4));
}
