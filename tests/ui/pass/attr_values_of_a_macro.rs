//! Every attribute takes a value that a macro hands on.
#![deny(warnings)]

use larder::cached;
use std::time::Duration;

macro_rules! queries {
    ($($name:ident($arg:ident) version $version:expr, ttl $ttl:expr, key $key:expr, tags $tags:expr, when $when:expr, by $by:expr, called $called:expr, room $room:expr, shared $shared:expr;)*) => {$(
        #[cached(version = $version, ttl = $ttl, key = $key, tags = $tags, cache_if = $when, bypass = $by, name = $called, threshold = $room, single_flight = $shared)]
        fn $name($arg: u64) -> u64 {
            $arg
        }
    )*};
}

queries! {
    user(id) version 2, ttl 30, key "user:{id}", tags ["users", "user:{id}"], when |value| *value < 10, by id == 5, called "users", room 10, shared "process";
    team(id) version 3, ttl "1m", key id % 10, tags "teams", when |value| *value < 100, by false, called "teams", room 5 + 5, shared "off";
}

fn main() {
    let lab = larder::test::lab();
    assert_eq!((user(1), user(1), user(11), user(5), team(21), team(31)), (1, 1, 11, 5, 21, 21));
    assert_eq!((user::stats().hits, team::stats().hits), (1, 1));
    assert_eq!((user::peek(11).unwrap(), user::peek(5).unwrap()), (None, None));
    lab.advance(Duration::from_secs(31));
    assert_eq!((user::peek(1).unwrap(), team::peek(1).unwrap()), (None, Some(21)));
}
