//! Results and arguments may be associated types, in default methods too.
#![deny(warnings)]

use larder::cached;
use std::hash::Hash;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

trait Load {
    type Id: Hash + Copy;
    type Row: Clone + Send + Sync + 'static;
    type Error;

    fn load(&self, id: Self::Id) -> Result<Self::Row, Self::Error>;

    #[cached(skip(self))]
    fn both(&self, ids: [Self::Id; 2]) -> Result<(Self::Row, Self::Row), Self::Error> {
        RUNS.fetch_add(1, SeqCst);
        Ok((self.load(ids[0])?, self.load(ids[1])?))
    }
}

struct Users;
impl Load for Users {
    type Id = u8;
    type Row = String;
    type Error = std::rc::Rc<str>;

    #[cached(skip(self))]
    fn load(&self, id: Self::Id) -> Result<Self::Row, Self::Error> {
        RUNS.fetch_add(1, SeqCst);
        if id == 0 { Err("zero".into()) } else { Ok(format!("user {id}")) }
    }
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!(Users.both([1, 2]), Ok(("user 1".into(), "user 2".into())));
    }
    assert_eq!(RUNS.swap(0, SeqCst), 3);
    assert_eq!((Users.both([1, 0]), Users.both([1, 0])), (Err("zero".into()), Err("zero".into())));
    assert_eq!(RUNS.load(SeqCst), 4);
}
