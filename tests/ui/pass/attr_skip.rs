//! `skip` leaves arguments out of the key and out of the operations that run nothing.
#![deny(warnings)]

use larder::cached;

struct Db(u64);

#[cached(skip(db, trace))]
fn load(db: &Db, id: u64, trace: impl Fn(u64)) -> u64 {
    trace(id);
    db.0 + id
}

#[cached(skip(everything))]
fn all(everything: &Db) -> u64 {
    everything.0
}

fn main() {
    let _lab = larder::test::lab();
    assert_eq!(
        (load(&Db(10), 1, |_| ()), load(&Db(20), 1, |_| unreachable!()), load(&Db(20), 2, |_| ())),
        (11, 11, 22)
    );
    assert_eq!((load::peek(1).unwrap(), load::uncached(&Db(20), 1, |_| ()), load::stats().hits), (Some(11), 21, 1));
    load::prime(3, 33).unwrap();
    load::invalidate(1).unwrap();
    assert_eq!((load(&Db(20), 1, |_| ()), load(&Db(0), 3, |_| ())), (21, 33));
    assert_eq!((all(&Db(1)), all(&Db(2)), all::peek().unwrap()), (1, 1, Some(1)));
}
