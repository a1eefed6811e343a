//! A result needs no serde where objects are kept: `Clone + Send + Sync` is all.
#![deny(warnings)]

use larder::cached;
use std::sync::{Arc, Mutex};

#[derive(Clone)]
struct Handle(Arc<Mutex<u64>>);

#[cached]
fn open(name: &str) -> (Handle, usize) {
    (Handle(Arc::new(Mutex::new(0))), name.len())
}

fn main() {
    let _lab = larder::test::lab();
    *open("a").0.0.lock().unwrap() += 1;
    *open("a").0.0.lock().unwrap() += 1;
    assert_eq!((*open("a").0.0.lock().unwrap(), *open("b").0.0.lock().unwrap(), open("ab").1), (2, 0, 2));
    assert_eq!((open::stats().runs, open::stats().hits), (3, 2));
}
