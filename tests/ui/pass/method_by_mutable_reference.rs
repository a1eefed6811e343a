//! A `&mut self` method is keyed by what the receiver holds when it is called, and may change it in the run.
#![deny(warnings)]

use larder::cached;

#[derive(Hash)]
struct Counter {
    value: u64,
}

impl Counter {
    #[cached(companions)]
    fn bump(&mut self, by: u64) -> u64 {
        self.value += by;
        self.value
    }
}

fn main() {
    let _lab = larder::test::lab();
    let mut counter = Counter { value: 0 };
    assert_eq!((counter.bump(1), counter.value), (1, 1));
    assert_eq!((counter.bump(1), counter.value), (2, 2));
    assert_eq!((Counter { value: 1 }).bump(1), 2);
    assert_eq!((Counter::bump_stats().runs, Counter::bump_stats().hits), (2, 1));
}
