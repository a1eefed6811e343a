//! `mut self` is a matter of the body alone.
#![deny(warnings)]

use larder::cached;

#[derive(Hash)]
struct List(Vec<u8>);

impl List {
    #[cached(companions)]
    fn with(mut self, item: u8) -> Vec<u8> {
        self.0.push(item);
        self.0
    }
}

fn main() {
    let _lab = larder::test::lab();
    assert_eq!(List(vec![1]).with(2), [1, 2]);
    assert_eq!(List(vec![1]).with(2), [1, 2]);
    assert_eq!(List(vec![]).with(2), [2]);
    assert_eq!(List::with_peek(&List(vec![1]), 2).unwrap(), Some(vec![1, 2]));
    assert_eq!((List::with_stats().runs, List::with_stats().hits), (2, 1));
}
