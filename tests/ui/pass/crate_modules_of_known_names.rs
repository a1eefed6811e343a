//! Modules of the user's that are called `core`, `std`, `larder` or `private` do not get in between.
#![deny(warnings)]
#![allow(unused_imports)]

mod users {
    pub mod core {}
    pub mod std {}
    pub mod larder {}
    pub mod private {}
    pub mod inventory {}

    use ::larder::cached;

    #[cached(tags = ["t:{n}"], key = "{n}", ttl = 30)]
    pub fn sync(n: u64) -> Option<u64> {
        n.checked_sub(1)
    }

    #[cached(handler = "redis")]
    pub async fn later(n: u64) -> u64 {
        n
    }

    pub struct Repo;

    impl Repo {
        #[cached(companions, ttl = |n| *n)]
        pub fn load(n: u64) -> u64 {
            n
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    use users::{Repo, later, sync};
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((sync(1), later(1).await, Repo::load(1)), (Some(0), 1, 1));
    }
    assert_eq!((sync::stats().runs, later::stats().runs, Repo::load_stats().runs), (1, 1, 1));
}
