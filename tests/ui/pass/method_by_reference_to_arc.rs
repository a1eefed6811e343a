//! `self: &Arc<Self>` is keyed by what the `Arc` holds, and the body may clone it.
#![deny(warnings)]

use larder::cached;
use std::sync::Arc;

#[derive(Hash)]
struct Repo(u64);

impl Repo {
    #[cached(companions)]
    fn shared(self: &Arc<Self>, n: u64) -> u64 {
        let another = Arc::clone(self);
        another.0 + n
    }
}

fn main() {
    let _lab = larder::test::lab();
    let (one, two) = (Arc::new(Repo(1)), Arc::new(Repo(2)));
    assert_eq!((one.shared(1), two.shared(1), one.shared(1)), (2, 3, 2));
    assert_eq!(one.shared_peek(1).unwrap(), Some(2));
    assert_eq!((Repo::shared_stats().runs, Repo::shared_stats().hits), (2, 1));
}
