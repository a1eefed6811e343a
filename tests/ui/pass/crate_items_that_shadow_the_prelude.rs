//! Items of the user's that shadow names of the prelude do not get in between.
#![deny(warnings)]
#![allow(dead_code, non_snake_case, non_upper_case_globals)]

mod users {
    use ::larder::cached;
    use ::std::option::Option as Maybe;

    pub struct Option;
    pub struct Result;
    pub struct Vec;
    pub struct Box;
    pub struct String;
    pub trait Clone {}
    pub trait Send {}
    pub trait Sync {}
    pub trait Sized {}
    pub trait From {}
    pub trait Into {}
    pub trait FnOnce {}
    pub trait Future {}
    pub fn Some() {}
    pub fn Ok() {}
    pub fn Err() {}
    pub const None: u8 = 0;
    pub fn drop() {}

    #[cached(tags = ["t:{n}"], key = "{n}", ttl = 30)]
    pub fn sync(n: u64) -> Maybe<u64> {
        n.checked_sub(1)
    }

    #[cached(ttl = |n| *n, cache_if = |n| *n > 0)]
    pub async fn later(n: u64, text: &str) -> u64 {
        n + text.len() as u64
    }

    #[cached]
    pub fn generic<T: ::std::hash::Hash>(value: T) -> usize {
        let _ = value;
        ::std::mem::size_of::<T>()
    }

    pub struct Repo;

    impl Repo {
        #[cached(companions)]
        pub async fn load(n: u64) -> u64 {
            n
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    use users::{Repo, generic, later, sync};
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!(
            (sync(1), sync(0), later(1, "a").await, generic(1u8), Repo::load(1).await),
            (Some(0), None, 2, 1, 1)
        );
    }
    assert_eq!((sync::stats().runs, later::stats().runs, generic::stats().runs, Repo::load_stats().runs), (3, 1, 1, 1));
    assert_eq!(sync::peek(1).unwrap(), Some(Some(0)));
}
