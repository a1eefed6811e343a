//! `crate = path` says where `larder` is, if another crate re-exports it.
#![deny(warnings)]

mod facade {
    pub mod parts {
        pub use larder as cache;
    }
}

use facade::parts::cache::cached;

#[cached(crate = facade::parts::cache)]
fn relative(n: u64) -> Result<u64, String> {
    n.checked_sub(1).ok_or_else(String::new)
}

#[cached(crate = crate::facade::parts::cache, ttl = |n| *n, cache_if = |n| *n > 0, tags = ["t:{n}"], handler = "disk")]
async fn absolute(n: u64) -> u64 {
    n
}

struct Repo;

impl Repo {
    #[cached(crate = ::larder, companions)]
    fn load(n: u64) -> u64 {
        n
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = facade::parts::cache::test::lab();
    for _ in 0..2 {
        assert_eq!((relative(1), absolute(1).await, Repo::load(1)), (Ok(0), 1, 1));
    }
    assert_eq!((relative::stats().runs, absolute::stats().runs, Repo::load_stats().runs), (1, 1, 1));
}
