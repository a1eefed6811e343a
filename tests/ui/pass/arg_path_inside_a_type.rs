//! A path in a generic argument is keyed byte by byte as well.
#![deny(warnings)]

use larder::cached;
use std::hash::Hash;
use std::path::Path;

#[cached]
fn known(paths: &[&Path], more: Option<&Path>) -> usize {
    paths.iter().map(|path| path.as_os_str().len()).sum::<usize>() + more.map_or(0, |path| path.as_os_str().len())
}

#[cached]
fn length<P: AsRef<Path> + Hash>(path: P) -> usize {
    path.as_ref().as_os_str().len()
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((known(&["/etc".as_ref()], None), known(&["etc".as_ref()], None)), (4, 3));
        assert_eq!((known(&[], Some("a/./b".as_ref())), known(&[], Some("a/b".as_ref()))), (5, 3));
        assert_eq!((length("/etc"), length("etc")), (4, 3));
    }
    assert_eq!((known::stats().runs, length::stats().runs), (4, 2));
}
