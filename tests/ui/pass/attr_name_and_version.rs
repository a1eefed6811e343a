//! `name` is what the function is called in statistics; `version` abandons what older code stored.
#![deny(warnings)]

use larder::cached;

#[cached(name = "users", handler = "redis")]
fn first(n: u64) -> u64 {
    n + 1
}

mod newer {
    #[larder::cached(name = "users", handler = "redis", version = 2)]
    pub fn first(n: u64) -> u64 {
        n + 2
    }
}

fn main() {
    let lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((first(1), newer::first(1)), (2, 3));
    }
    assert_eq!((first::stats().runs, newer::first::stats().runs), (1, 1));
    assert!(lab.cache().stats().functions.iter().all(|row| row.name == "users"));
}
