//! Paths are keyed byte by byte: `/etc` is not `etc`, and `a//b` is not `a/b`.
#![deny(warnings)]

use larder::cached;
use std::path::{Path, PathBuf};

#[cached]
fn components(path: &Path, rest: PathBuf) -> usize {
    path.components().count() + rest.as_os_str().len()
}

#[cached]
fn either(path: impl AsRef<Path> + std::hash::Hash) -> usize {
    path.as_ref().components().count()
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((components("/etc".as_ref(), "x".into()), components("etc".as_ref(), "x".into())), (2 + 1, 1 + 1));
        assert_eq!((components("a".as_ref(), "a//b".into()), components("a".as_ref(), "a/b".into())), (5, 4));
        assert_eq!((either("a/b"), either(String::from("a/b"))), (2, 2));
    }
    assert_eq!((components::stats().runs, either::stats().runs), (4, 2));
}
