//! A function that reads constants of its type never shares with that of another type.
#![deny(warnings)]

use larder::cached;

trait Unit {
    const FACTOR: u64;
}
struct Kilo;
struct Mega;
impl Unit for Kilo {
    const FACTOR: u64 = 1_000;
}
impl Unit for Mega {
    const FACTOR: u64 = 1_000_000;
}

struct Amount<U>(U);

impl<U: Unit> Amount<U> {
    const TWICE: u64 = 2 * U::FACTOR;

    #[cached(companions, key = (n, Self::TWICE))]
    fn twice(n: u64) -> u64 {
        n * Self::TWICE
    }
}

fn main() {
    let _lab = larder::test::lab();
    let _ = (Amount(Kilo).0, Amount(Mega).0);
    for _ in 0..2 {
        assert_eq!((Amount::<Kilo>::twice(3), Amount::<Mega>::twice(3)), (6_000, 6_000_000));
    }
    assert_eq!(Amount::<Kilo>::twice_stats().runs, 2);
}
