//! `single_flight` is `"process"`, `"shared"` or `"off"`: who shares one run of a key.
#![deny(warnings)]

use std::sync::Barrier;
use std::thread;

use larder::cached;

#[cached(single_flight = "process")]
fn process(n: u64) -> u64 {
    n
}

#[cached(single_flight = "shared", handler = "disk", tags = ["all"])]
async fn shared(n: u64) -> u64 {
    n
}

#[cached(single_flight = "off", skip(together))]
fn off(n: u64, together: &Barrier) -> u64 {
    together.wait();
    n
}

#[cached(single_flight = "shared")]
fn generic<T: Copy + Into<u64> + std::hash::Hash>(n: T) -> u64 {
    n.into()
}

struct Shop;

impl Shop {
    #[cached(single_flight = "off", skip(self), companions)]
    fn price(&self, n: u64) -> u64 {
        n
    }
}

trait Priced {
    #[cached(single_flight = "shared")]
    fn of(n: u64) -> u64 {
        n
    }
}

impl Priced for Shop {}

fn main() {
    let lab = larder::test::lab();
    for n in [1, 1, 2] {
        assert_eq!((process(n), generic(n), Shop.price(n), Shop::of(n)), (n, n, n, n));
        assert_eq!(futures::executor::block_on(shared(n)), n);
    }
    assert_eq!((process::stats().runs, generic::stats().runs, shared::stats().runs, Shop::price_stats().runs), (2, 2, 2, 2));
    let together = Barrier::new(2);
    thread::scope(|scope| {
        for _ in 0..2 {
            let (pass, together) = (lab.pass(), &together);
            scope.spawn(move || pass.run(|| assert_eq!(off(1, together), 1)));
        }
    });
    assert_eq!((off(1, &together), off::stats().runs), (1, 2));
}
