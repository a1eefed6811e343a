//! Generated code needs nothing of the prelude.
#![deny(warnings)]
#![no_implicit_prelude]

use ::larder::cached;
use ::std::option::Option::{self, None, Some};
use ::std::{assert, assert_eq, clone::Clone, hash::Hash};

#[cached(tags = ["t:{n}"], key = "{n}", ttl = 30)]
fn sync(n: u64) -> Option<u64> {
    if n > 0 { Some(n) } else { None }
}

#[cached(ttl = |n| *n, cache_if = |n| *n > 0)]
async fn later(n: u64) -> u64 {
    n
}

#[cached]
fn generic<T: Hash>(value: T) -> usize {
    let _ = value;
    ::std::mem::size_of::<T>()
}

#[derive(Hash, Clone)]
struct Repo(u64);

impl Repo {
    #[cached(companions)]
    async fn load(&self, (a, _): (u64, &str)) -> u64 {
        self.0 + a
    }
}

fn main() {
    let _lab = ::larder::test::lab();
    let runtime = ::tokio::runtime::Builder::new_current_thread().build().unwrap();
    for _ in [0, 1] {
        assert_eq!((sync(1), sync(0), generic(1u8), generic(1u16)), (Some(1), None, 1, 2));
        assert_eq!(runtime.block_on(async { (later(1).await, Repo(1).load((1, "")).await) }), (1, 2));
    }
    assert!(sync::peek(1).unwrap() == Some(1) && sync::stats().runs == 3 && generic::stats().runs == 2);
    assert_eq!((later::stats().runs, Repo::load_stats().runs), (1, 1));
}
