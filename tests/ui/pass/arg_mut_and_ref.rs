//! `mut` and `ref` are a matter of the body: the key holds what the caller gave.
#![deny(warnings)]

use larder::cached;

#[cached]
fn sum(mut n: u32, ref text: String, mut items: Vec<u32>, ref mut last: u32) -> u32 {
    items.push(n);
    n += items.iter().sum::<u32>();
    *last += text.len() as u32;
    n + *last
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!(sum(1, "ab".into(), vec![3], 4), 11);
        assert_eq!(sum(1, "ba".into(), vec![3], 4), 11);
        assert_eq!(sum(1, "ab".into(), vec![3, 0], 4), 11);
    }
    assert_eq!((sum::stats().runs, sum::stats().hits), (3, 3));
}
