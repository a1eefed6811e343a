//! A key template names the parts of patterns, and what it leaves out of a pattern is left out of the key.
#![deny(warnings)]

use larder::cached;

#[derive(Hash, Clone)]
struct Point {
    x: u8,
    y: u8,
}
struct State<T>(T);

#[cached(key = "{x}-{a}-{b}-{n}", skip(db))]
fn parts(Point { x, .. }: Point, (a, mut b): (u8, String), mut n: u8, State(db): State<&str>) -> usize {
    b.push('x');
    n += 1;
    usize::from(x) + usize::from(a) + b.len() + usize::from(n) + db.len()
}

fn main() {
    let _lab = larder::test::lab();
    let point = |x, y| Point { x, y };
    assert_eq!(parts(point(1, 2), (3, "ab".into()), 4, State("db")), 14);
    assert_eq!(parts(point(1, 9), (3, "ab".into()), 4, State("other")), 14);
    assert_eq!(parts(point(2, 2), (3, "ab".into()), 4, State("db")), 15);
    assert_eq!(parts::peek(point(1, point(0, 7).y), (3, "ab".into()), 4).unwrap(), Some(14));
    assert_eq!((parts::stats().runs, parts::stats().hits), (2, 1));
}
