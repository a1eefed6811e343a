//! `#[async_trait]`: a default method that is called through an object is told apart by the type behind it.
#![deny(warnings)]

use async_trait::async_trait;
use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

#[async_trait]
trait Named: Sync {
    fn name(&self) -> &'static str;

    #[cached(skip(self), key = "{mark}", ttl = "1m", tags = ["mark:{mark}"])]
    async fn greeting(&self, mark: char) -> String {
        RUNS.fetch_add(1, SeqCst);
        tokio::task::yield_now().await;
        format!("hello {}{mark}", self.name())
    }
}

struct Ann;
struct Bob;
impl Named for Ann {
    fn name(&self) -> &'static str {
        "ann"
    }
}
impl Named for Bob {
    fn name(&self) -> &'static str {
        "bob"
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    let all: [&dyn Named; 2] = [&Ann, &Bob];
    for _ in 0..2 {
        assert_eq!(
            (all[0].greeting('!').await, all[1].greeting('!').await),
            ("hello ann!".into(), "hello bob!".into())
        );
    }
    assert_eq!(RUNS.load(SeqCst), 2);
    larder::cache().invalidate_tag("mark:!").await.unwrap();
    assert_eq!((all[0].greeting('!').await, RUNS.load(SeqCst)), ("hello ann!".into(), 3));
}
