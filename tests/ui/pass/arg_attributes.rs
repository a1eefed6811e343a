//! Attributes on arguments are kept, and hold for the parts of patterns too.
#![deny(warnings)]

use larder::cached;

#[cached]
fn allowed(
    n: u64,
    #[allow(unused_variables)] unused: u64,
    #[expect(unused_mut)] mut other: u64,
    #[expect(unused_variables, reason = "for the test")] (pair, _): (u64, u64),
) -> u64 {
    n + other
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((allowed(1, 2, 3, (4, 5)), allowed(1, 3, 3, (4, 5)), allowed(1, 2, 4, (4, 5))), (4, 4, 5));
        assert_eq!(allowed(1, 2, 3, (4, 6)), 4);
    }
    assert_eq!((allowed::stats().runs, allowed::stats().hits), (4, 4));
}
