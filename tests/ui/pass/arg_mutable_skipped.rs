//! A skipped `&mut` argument is for the run alone: a hit leaves it as it was.
#![deny(warnings)]

use larder::cached;

#[cached(skip(log))]
fn logged(n: u8, log: &mut Vec<u8>) -> u8 {
    log.push(n);
    n
}

fn main() {
    let _lab = larder::test::lab();
    let mut log = Vec::new();
    assert_eq!((logged(1, &mut log), logged(1, &mut log), logged(2, &mut log)), (1, 1, 2));
    assert_eq!(log, [1, 2]);
    assert_eq!(logged::refresh(1, &mut log), 1);
    assert_eq!(log, [1, 2, 1]);
}
