//! A trait that is implemented for `str`, slices, references, tuples and objects: none of them share.
#![deny(warnings)]

use larder::cached;
use std::hash::Hash;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

trait Describe {
    fn describe(&self) -> String;
}

impl Describe for str {
    #[cached]
    fn describe(&self) -> String {
        RUNS.fetch_add(1, SeqCst);
        format!("str {self}")
    }
}

impl<T: Hash> Describe for [T] {
    #[cached]
    fn describe(&self) -> String {
        RUNS.fetch_add(1, SeqCst);
        format!("slice {} {}", self.len(), size_of::<T>())
    }
}

impl<T: Describe + Hash + ?Sized> Describe for &T {
    #[cached]
    fn describe(&self) -> String {
        RUNS.fetch_add(1, SeqCst);
        format!("& {}", (**self).describe())
    }
}

impl Describe for dyn Send {
    #[cached(skip(self))]
    fn describe(&self) -> String {
        RUNS.fetch_add(1, SeqCst);
        "object".into()
    }
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((str::describe("a"), <[u8]>::describe(b"a")), ("str a".into(), "slice 1 1".into()));
        assert_eq!(<[u16]>::describe(&[97]), "slice 1 2");
        assert_eq!((<&str>::describe(&"a"), <dyn Send>::describe(&1u8)), ("& str a".into(), "object".into()));
    }
    assert_eq!(RUNS.load(SeqCst), 5);
}
