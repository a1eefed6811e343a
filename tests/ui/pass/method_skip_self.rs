//! With `skip(self)` all instances of a type share, and the type needs no `Hash`.
#![deny(warnings)]

use larder::cached;

struct Client {
    socket: u64,
}

impl Client {
    #[cached(companions, skip(self))]
    fn fetch(&self, page: u64) -> (u64, u64) {
        (self.socket, page)
    }
}

fn main() {
    let _lab = larder::test::lab();
    assert_eq!(Client { socket: 1 }.fetch(5), (1, 5));
    assert_eq!(Client { socket: 2 }.fetch(5), (1, 5));
    assert_eq!(Client { socket: 2 }.fetch(6), (2, 6));
    assert_eq!(Client::fetch_peek(5).unwrap(), Some((1, 5)));
    assert_eq!((Client::fetch_stats().runs, Client::fetch_stats().hits), (2, 1));
}
