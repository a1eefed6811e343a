//! `self: Rc<Self>` works, in an async method too, where its future is then not `Send`.
#![deny(warnings)]

use larder::cached;
use std::rc::Rc;

#[derive(Hash)]
struct Local(u64);

impl Local {
    #[cached(companions)]
    fn add(self: Rc<Self>, n: u64) -> u64 {
        self.0 + n
    }

    #[cached(companions)]
    async fn add_later(self: Rc<Self>, n: u64) -> u64 {
        tokio::task::yield_now().await;
        self.0 + n
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    let (one, two) = (Rc::new(Local(1)), Rc::new(Local(2)));
    for _ in 0..2 {
        assert_eq!((Rc::clone(&one).add(1), Rc::clone(&two).add(1)), (2, 3));
        assert_eq!((Rc::clone(&one).add_later(1).await, Rc::clone(&two).add_later(1).await), (2, 3));
    }
    assert_eq!((Local::add_stats().runs, Local::add_later_stats().runs), (2, 2));
}
