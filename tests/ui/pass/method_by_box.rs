//! `self: Box<Self>` is keyed by what the box holds.
#![deny(warnings)]

use larder::cached;

#[derive(Hash)]
struct Tree(Vec<u64>);

impl Tree {
    #[cached(companions)]
    fn sum(self: Box<Self>) -> u64 {
        self.0.into_iter().sum()
    }
}

fn main() {
    let _lab = larder::test::lab();
    assert_eq!(Box::new(Tree(vec![1, 2])).sum(), 3);
    assert_eq!(Box::new(Tree(vec![1, 3])).sum(), 4);
    assert_eq!(Box::new(Tree(vec![1, 2])).sum(), 3);
    assert_eq!((Tree::sum_stats().runs, Tree::sum_stats().hits), (2, 1));
}
