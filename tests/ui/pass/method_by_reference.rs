//! Instances that are equal share the result of a `&self` method; instances that differ do not.
#![deny(warnings)]

use larder::cached;

#[derive(Hash)]
struct Repo {
    base: u64,
}

impl Repo {
    #[cached(companions)]
    fn add(&self, n: u64) -> u64 {
        self.base + n
    }
}

fn main() {
    let _lab = larder::test::lab();
    assert_eq!(Repo { base: 1 }.add(1), 2);
    assert_eq!(Repo { base: 100 }.add(1), 101);
    assert_eq!(Repo { base: 1 }.add(1), 2);
    assert_eq!((Repo::add_stats().runs, Repo::add_stats().hits), (2, 1));
}
