//! A reference is keyed by what it points to, however many references deep.
#![deny(warnings)]

use larder::cached;

#[derive(Hash)]
struct User(u8);

#[cached]
fn one(user: &User) -> u8 {
    user.0
}

#[cached]
fn deep(user: &&&User, mutable: &mut u8) -> u8 {
    *mutable += 1;
    user.0
}

fn main() {
    let _lab = larder::test::lab();
    assert_eq!((one(&User(1)), one(&User(2)), one(&User(1))), (1, 2, 1));
    let mut count = 0;
    assert_eq!((deep(&&&User(1), &mut count), deep(&&&User(1), &mut count)), (1, 1));
    assert_eq!((deep(&&&User(1), &mut 1), count), (1, 2), "the second call saw another number, the third a known one");
    assert_eq!((one::stats().runs, deep::stats().runs, deep::stats().hits), (2, 2, 1));
}
