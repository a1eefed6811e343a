//! A cached method called through `dyn Trait` shares with no other implementor.
#![deny(warnings)]

use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

trait Shape {
    fn area(&self, scale: u32) -> u32;
}

#[derive(Hash)]
struct Square(u32);
#[derive(Hash)]
struct Double(u32);

impl Shape for Square {
    #[cached]
    fn area(&self, scale: u32) -> u32 {
        RUNS.fetch_add(1, SeqCst);
        self.0 * self.0 * scale
    }
}

impl Shape for Double {
    #[cached]
    fn area(&self, scale: u32) -> u32 {
        RUNS.fetch_add(1, SeqCst);
        2 * self.0 * self.0 * scale
    }
}

fn main() {
    let _lab = larder::test::lab();
    let shapes: [Box<dyn Shape>; 4] =
        [Box::new(Square(2)), Box::new(Double(2)), Box::new(Square(3)), Box::new(Square(2))];
    assert_eq!(shapes.each_ref().map(|shape| shape.area(1)), [4, 8, 9, 4]);
    assert_eq!(RUNS.load(SeqCst), 3);
}
