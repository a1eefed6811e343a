//! `key` may be a field of the receiver, where the whole receiver is no key.
#![deny(warnings)]

use larder::cached;

struct Socket;
struct Client {
    tenant: String,
    socket: Socket,
}

impl Client {
    #[cached(key = (&self.tenant, page), companions)]
    fn fetch(&self, page: u64) -> String {
        let Socket = self.socket;
        format!("{}{page}", self.tenant)
    }
}

fn main() {
    let _lab = larder::test::lab();
    let client = |tenant: &str| Client { tenant: tenant.into(), socket: Socket };
    assert_eq!(
        (client("a").fetch(1), client("b").fetch(1), client("a").fetch(1)),
        ("a1".into(), "b1".into(), "a1".into())
    );
    assert_eq!((Client::fetch_stats().runs, Client::fetch_stats().hits), (2, 1));
}
