//! A skipped argument's own type parameter still counts: two types of clients never share.
#![deny(warnings)]

use larder::cached;

trait Client {
    fn fetch(&self, id: u64) -> String;
}
struct Real;
struct Fake;
impl Client for Real {
    fn fetch(&self, id: u64) -> String {
        format!("real {id}")
    }
}
impl Client for Fake {
    fn fetch(&self, id: u64) -> String {
        format!("fake {id}")
    }
}

#[cached(skip(client))]
fn fetch<C: Client>(client: &C, id: u64) -> String {
    client.fetch(id)
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((fetch(&Real, 1), fetch(&Fake, 1)), ("real 1".into(), "fake 1".into()));
    }
    assert_eq!((fetch::stats().runs, fetch::stats().hits), (2, 2));
    assert_eq!(fetch::peek::<Fake>(1).unwrap().as_deref(), Some("fake 1"));
}
