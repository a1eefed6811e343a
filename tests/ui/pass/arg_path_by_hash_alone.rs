//! Where only `Hash` is known of what is a path, calls run uncached, since it feeds the same for `/etc` and `etc`;
//! `key` says it exactly.
#![deny(warnings)]

use larder::cached;
use std::hash::Hash;
use std::path::{Path, PathBuf};

#[derive(Hash)]
struct User(usize);

#[cached]
fn generic<P: AsRef<Path> + Hash>(path: P) -> usize {
    path.as_ref().as_os_str().len()
}

#[cached]
fn pair(pair: (PathBuf, User)) -> usize {
    pair.0.as_os_str().len() + pair.1.0
}

#[cached(key = path.as_ref())]
fn exact(path: impl AsRef<Path>) -> usize {
    path.as_ref().as_os_str().len()
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((generic(Path::new("/etc")), generic(Path::new("etc"))), (4, 3));
        assert_eq!((generic(PathBuf::from("/etc")), generic(PathBuf::from("etc"))), (4, 3));
        assert_eq!((generic("/etc"), generic("etc")), (4, 3));
        assert_eq!((pair(("/etc".into(), User(0))), pair(("etc".into(), User(0)))), (4, 3));
        assert_eq!((exact(Path::new("/etc")), exact(Path::new("etc"))), (4, 3));
    }
    assert_eq!((generic::stats().hits, pair::stats().hits, exact::stats().hits), (2, 0, 2));
}
