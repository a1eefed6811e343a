//! Arguments may be called as generated code might call its own.
#![deny(warnings)]

use larder::cached;

#[cached]
fn names(key: u8, result: u8, value: u8, site: u8, plan: u8, how: u8, self_: u8, run: u8, larder: u8) -> [u8; 9] {
    [key, result, value, site, plan, how, self_, run, larder]
}

#[cached(key = "{key}:{value}:{cache}:{ttl}:{result}", tags = ["{result}"], ttl = ttl, skip(result_))]
async fn used(key: u8, value: u8, cache: u8, ttl: u64, result: u8, result_: u8) -> u8 {
    let _ = ttl;
    key + value + cache + result + result_
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    assert_eq!(names(1, 2, 3, 4, 5, 6, 7, 8, 9), names(1, 2, 3, 4, 5, 6, 7, 8, 9));
    assert_eq!(names(2, 1, 3, 4, 5, 6, 7, 8, 9)[..2], [2, 1]);
    names::prime(0, 0, 0, 0, 0, 0, 0, 0, 0, [1; 9]).unwrap();
    assert_eq!(names(0, 0, 0, 0, 0, 0, 0, 0, 0), [1; 9]);
    assert_eq!((names::stats().runs, names::stats().hits), (2, 2));
    assert_eq!(used(1, 2, 3, 5, 4, 5).await, 15);
}
