//! Closures of attributes that call cached functions.

use std::cell::RefCell;
use std::time::Duration;

use larder::{Cache, cached};

use crate::late::ends_within;

thread_local! {
    static DEEP: RefCell<u32> = const { RefCell::new(0) };
}

#[cached(name = "review::consults", cache_if = |n| consults_again(*n))]
fn consults(n: u32) -> u32 {
    n
}

fn consults_again(n: u32) -> bool {
    let first = DEEP.with_borrow_mut(|deep| {
        *deep += 1;
        *deep == 1
    });
    if first {
        consults(n);
    }
    true
}

#[test]
fn a_condition_that_calls_its_own_function_ends() {
    ends_within(Duration::from_secs(5), || {
        let _lab = larder::test::lab_with(Cache::builder().handler("ram", larder::Ram::builder()).build().unwrap());
        assert_eq!(consults(1), 1);
    });
}
