//! Only the outer `Ok` and `Some` decide: a `None` inside of an `Ok` is stored, and so is a `None` inside of a `Some`.
#![deny(warnings)]

use larder::cached;

#[cached]
fn options(n: u8) -> Option<Option<u8>> {
    [None, Some(None), Some(Some(n))][usize::from(n)]
}

#[cached]
fn found(n: u8) -> Result<Option<u8>, String> {
    [Err(String::new()), Ok(None), Ok(Some(n))][usize::from(n)].clone()
}

#[cached]
fn failed(n: u8) -> Option<Result<u8, String>> {
    [None, Some(Err(String::new())), Some(Ok(n))][usize::from(n)].clone()
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!([0, 1, 2].map(options), [None, Some(None), Some(Some(2))]);
        assert_eq!([0, 1, 2].map(found), [Err(String::new()), Ok(None), Ok(Some(2))]);
        assert_eq!([0, 1, 2].map(failed), [None, Some(Err(String::new())), Some(Ok(2))]);
    }
    assert_eq!((options::stats().runs, found::stats().runs, failed::stats().runs), (4, 4, 4));
    assert_eq!(
        (found::peek(0).unwrap(), found::peek(1).unwrap(), found::peek(2).unwrap()),
        (None, Some(None), Some(Some(2)))
    );
    found::prime(0, None).unwrap();
    assert_eq!(found(0), Ok(None));
}
