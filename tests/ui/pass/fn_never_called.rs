//! Private functions that are never called are no warning with their operations.
#![deny(warnings)]

use larder::cached;

#[cached]
fn never(n: u64) -> u64 {
    n
}

#[cached(companions = "operations", skip(text))]
async fn never_later(n: u64, text: &str) -> Option<usize> {
    (n > 0).then(|| text.len())
}

#[cached]
fn never_generic<T: std::hash::Hash>(value: T) -> usize {
    let _ = value;
    size_of::<T>()
}

#[cached]
fn called(n: u64) -> u64 {
    n
}

#[derive(Hash)]
struct Repo;

impl Repo {
    #[cached(companions)]
    fn used(&self, n: u64) -> u64 {
        n
    }

    #[cached(companions)]
    async fn never_used(&self, n: u64) -> u64 {
        n
    }
}

fn main() {
    let _lab = larder::test::lab();
    assert_eq!((called(1), called(1), Repo.used(1), Repo.used(1)), (1, 1, 1, 1));
    assert_eq!((called::stats().runs, Repo::used_stats().runs), (1, 1));
}
