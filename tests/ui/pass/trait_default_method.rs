//! Two implementors of a trait never share the results of its default method, not even with `skip(self)`.
#![deny(warnings)]

use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

trait Animal {
    fn sound(&self) -> &'static str;

    #[cached(skip(self))]
    fn says(&self, times: usize) -> String {
        RUNS.fetch_add(1, SeqCst);
        self.sound().repeat(times)
    }
}

struct Cat;
struct Dog;
impl Animal for Cat {
    fn sound(&self) -> &'static str {
        "meow"
    }
}
impl Animal for Dog {
    fn sound(&self) -> &'static str {
        "woof"
    }
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((Cat.says(1), Dog.says(1)), ("meow".into(), "woof".into()));
    }
    assert_eq!(RUNS.load(SeqCst), 2);
}
