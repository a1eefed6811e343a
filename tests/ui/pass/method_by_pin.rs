//! `self: Pin<&mut Self>` is keyed by what is pinned.
#![deny(warnings)]

use larder::cached;
use std::pin::Pin;

#[derive(Hash)]
struct Cell(u64);

impl Cell {
    #[cached(companions)]
    fn set(mut self: Pin<&mut Self>, n: u64) -> u64 {
        self.0 += n;
        self.0
    }
}

fn main() {
    let _lab = larder::test::lab();
    assert_eq!(Pin::new(&mut Cell(1)).set(1), 2);
    assert_eq!(Pin::new(&mut Cell(2)).set(1), 3);
    assert_eq!(Pin::new(&mut Cell(1)).set(1), 2);
    assert_eq!((Cell::set_stats().runs, Cell::set_stats().hits), (2, 1));
}
