//! A function of an impl with a const parameter is another one for each value.
#![deny(warnings)]

use larder::cached;

struct Ring<const N: u64>;

impl<const N: u64> Ring<N> {
    #[cached(companions)]
    fn reduce(n: u64) -> u64 {
        n % N
    }
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((Ring::<7>::reduce(10), Ring::<5>::reduce(10), Ring::<4>::reduce(10)), (3, 0, 2));
    }
    assert_eq!((Ring::<7>::reduce_stats().runs, Ring::<7>::reduce_stats().hits), (3, 3));
}
