//! Functions of one name in two modules never share, on handlers of bytes neither.
#![deny(warnings)]

mod users {
    #[larder::cached(handler = "redis")]
    pub fn get(id: u64) -> u64 {
        id + 1
    }
}

mod posts {
    #[larder::cached(handler = "redis")]
    pub fn get(id: u64) -> u64 {
        id + 1000
    }
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((users::get(1), posts::get(1)), (2, 1001));
    }
    users::get::clear().unwrap();
    assert_eq!((users::get::peek(1).unwrap(), posts::get::peek(1).unwrap()), (None, Some(1001)));
    assert_eq!((users::get::stats().hits, posts::get::stats().hits), (1, 1));
}
