//! Types with a derived `Hash`: durations, ids, enums, unit structs.
#![deny(warnings)]

use larder::cached;
use std::time::Duration;

#[derive(Clone, Copy, Hash)]
struct Uuid([u8; 16]);

#[derive(Hash)]
enum Filter {
    All,
    Only(u8),
    Between { low: u8, high: u8 },
}

#[cached]
fn count(id: Uuid, filter: &Filter, wait: Duration, unit: ()) -> u32 {
    let () = unit;
    let filter = match filter {
        Filter::All => 0,
        Filter::Only(n) => u32::from(*n),
        Filter::Between { low, high } => u32::from(high - low),
    };
    u32::from(id.0[0]) + filter + wait.subsec_millis()
}

fn main() {
    let _lab = larder::test::lab();
    let (one, other) = (Uuid([1; 16]), Uuid([2; 16]));
    for _ in 0..2 {
        assert_eq!(
            (count(one, &Filter::All, Duration::ZERO, ()), count(other, &Filter::All, Duration::ZERO, ())),
            (1, 2)
        );
        assert_eq!(count(one, &Filter::Only(0), Duration::ZERO, ()), 1);
        assert_eq!(count(one, &Filter::Between { low: 0, high: 0 }, Duration::ZERO, ()), 1);
        assert_eq!(count(one, &Filter::Between { low: 5, high: 5 }, Duration::ZERO, ()), 1);
        assert_eq!(count(one, &Filter::All, Duration::from_millis(1), ()), 2);
        assert_eq!(count(one, &Filter::All, Duration::from_secs(1), ()), 1);
    }
    assert_eq!((count::stats().runs, count::stats().hits), (7, 7));
}
