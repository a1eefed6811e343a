//! `threshold` is a number or a constant: how many results of this function are kept in memory, of all its instances together.
#![deny(warnings)]

use larder::{Cache, Ram, cached};

const ROOM: usize = 2;

mod limits {
    pub const fn of(pages: usize) -> usize {
        pages * 2
    }
}

#[cached(threshold = 1_0)]
fn literal(n: u64) -> u64 {
    n
}

#[cached(threshold = 10usize)]
fn with_a_suffix(n: u64) -> u64 {
    n
}

#[cached(threshold = ROOM * 5)]
fn constant(n: u64) -> u64 {
    n
}

#[cached(threshold = limits::of(5))]
async fn call(n: u64) -> u64 {
    n
}

#[cached(threshold = if ROOM > 1 { 10 } else { 1 }, companions = false)]
fn condition(n: u64) -> u64 {
    n
}

#[cached(threshold = 10)]
fn generic<T: Copy + Into<u64> + std::hash::Hash>(n: T) -> u64 {
    n.into()
}

struct Shop;

impl Shop {
    const ROOM: usize = 10;

    #[cached(threshold = Shop::ROOM, skip(self), companions)]
    fn price(&self, n: u64) -> u64 {
        n
    }
}

trait Priced {
    #[cached(threshold = ROOM)]
    fn of(n: u64) -> u64 {
        n
    }
}

impl Priced for Shop {}

fn main() {
    Cache::builder().handler("ram", Ram::builder()).build().unwrap().install().unwrap();
    for n in 0..50_u8 {
        let wide = u64::from(n);
        assert_eq!((literal(wide), with_a_suffix(wide), constant(wide), condition(wide)), (wide, wide, wide, wide));
        assert_eq!((generic(n), generic(wide), Shop.price(wide), Shop::of(wide)), (wide, wide, wide, wide));
        assert_eq!(futures::executor::block_on(call(wide)), wide);
    }
    let kept = |peek: &dyn Fn(u64) -> bool| (0..50).filter(|n| peek(*n)).count();
    assert_eq!(kept(&|n| literal::peek(n).unwrap().is_some()), 10);
    assert_eq!(kept(&|n| with_a_suffix::peek(n).unwrap().is_some()), 10);
    assert_eq!(kept(&|n| constant::peek(n).unwrap().is_some()), 10);
    assert_eq!(kept(&|n| futures::executor::block_on(call::peek(n)).unwrap().is_some()), 10);
    assert_eq!(kept(&|n| Shop::price_peek(n).unwrap().is_some()), 10);
    let of_bytes = kept(&|n| generic::peek(n as u8).unwrap().is_some());
    assert_eq!(of_bytes + kept(&|n| generic::peek(n).unwrap().is_some()), 10);
}
