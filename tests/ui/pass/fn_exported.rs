//! A function may be exported under its own name.
#![deny(warnings)]

use larder::cached;

#[cached]
#[unsafe(no_mangle)]
pub extern "C" fn larder_test_exported(n: u64) -> u64 {
    n + 1
}

unsafe extern "C" {
    #[link_name = "larder_test_exported"]
    safe fn imported(n: u64) -> u64;
}

fn main() {
    let _lab = larder::test::lab();
    assert_eq!((imported(1), imported(1), larder_test_exported(1)), (2, 2, 2));
    assert_eq!(larder_test_exported::stats().runs, 1);
}
