//! `key` and `bypass` may use the parts of patterns, behind references and `ref` too.
#![deny(warnings)]

use larder::cached;

#[derive(Hash)]
struct Point {
    x: u8,
    y: u8,
}

#[cached(key = (x, y, name.len()), bypass = x > 5)]
async fn lent(&Point { x, y }: &Point, ref name: String, whole @ (a, _): (u8, u8)) -> u8 {
    let _ = (name, whole);
    x + y + a
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    assert_eq!(lent(&Point { x: 1, y: 2 }, "a".into(), (3, 4)).await, 6);
    assert_eq!(lent(&Point { x: 1, y: 2 }, "b".into(), (4, 4)).await, 6, "its key is not asked for the rest");
    assert_eq!(lent(&Point { x: 2, y: 2 }, "a".into(), (3, 4)).await, 7);
    for a in 1..3 {
        assert_eq!(lent(&Point { x: 6, y: 0 }, "a".into(), (a, 4)).await, 6 + a);
    }
    assert_eq!(lent::stats().hits, 1);
}
