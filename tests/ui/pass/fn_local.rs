//! A function inside of a function may use what is local there.
#![deny(warnings)]

use larder::cached;

fn outer(n: u64) -> u64 {
    #[derive(Clone, Hash)]
    struct Local(u64);
    const SECONDS: u64 = 5;

    #[cached(ttl = SECONDS)]
    fn inside(local: Local) -> Local {
        Local(local.0 + 1)
    }
    inside::invalidate(Local(100)).unwrap();
    inside(Local(n)).0 + inside(Local(n)).0 + inside::stats().runs
}

fn main() {
    let _lab = larder::test::lab();
    assert_eq!(outer(1), 2 + 2 + 1);
    assert_eq!(outer(2), 3 + 3 + 2);
    assert_eq!(outer(1), 2 + 2 + 2);
}
