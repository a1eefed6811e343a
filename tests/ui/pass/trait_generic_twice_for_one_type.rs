//! A generic trait that one type implements twice has two methods, and they never share.
#![deny(warnings)]

use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

trait Load<T> {
    fn load(&self, id: u8) -> T;

    #[cached]
    fn width(&self, id: u8) -> usize
    where
        Self: std::hash::Hash,
    {
        RUNS.fetch_add(1, SeqCst);
        size_of::<T>() + usize::from(id)
    }
}

#[derive(Hash)]
struct Repo;

impl Load<u64> for Repo {
    #[cached]
    fn load(&self, id: u8) -> u64 {
        RUNS.fetch_add(1, SeqCst);
        id.into()
    }
}

impl Load<String> for Repo {
    #[cached]
    fn load(&self, id: u8) -> String {
        RUNS.fetch_add(1, SeqCst);
        format!("#{id}")
    }
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        let (number, text): (u64, String) = (Repo.load(1), Repo.load(1));
        assert_eq!((number, text), (1, "#1".into()));
        assert_eq!((Load::<u64>::width(&Repo, 1), Load::<String>::width(&Repo, 1)), (9, 25));
    }
    assert_eq!(RUNS.load(SeqCst), 4);
}
