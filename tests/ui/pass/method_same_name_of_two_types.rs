//! Methods of one name on two types of one module never share.
#![deny(warnings)]

use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

#[derive(Hash)]
struct Cat;
#[derive(Hash)]
struct Dog;

impl Cat {
    #[cached]
    fn says(&self, n: u8) -> String {
        RUNS.fetch_add(1, SeqCst);
        "meow".repeat(n.into())
    }
}

impl Dog {
    #[cached]
    fn says(&self, n: u8) -> String {
        RUNS.fetch_add(1, SeqCst);
        "woof".repeat(n.into())
    }
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((Cat.says(1), Dog.says(1)), ("meow".into(), "woof".into()));
    }
    assert_eq!(RUNS.load(SeqCst), 2);
}
