//! `ttl`, `tags`, `bypass` and `refresh` may use the receiver, the last two also where it is skipped.
#![deny(warnings)]

use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::Duration;

static RUNS: AtomicU32 = AtomicU32::new(0);

#[derive(Hash)]
struct Client {
    seconds: u64,
    offline: bool,
    force: bool,
}

impl Client {
    #[cached(ttl = self.seconds, tags = ["client:{self.seconds}"])]
    fn keyed(&self, n: u32) -> u32 {
        n + RUNS.fetch_add(1, SeqCst)
    }

    #[cached(bypass = self.offline, refresh = self.force, skip(self))]
    async fn skipped(&self, n: u32) -> u32 {
        n + RUNS.fetch_add(1, SeqCst)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let lab = larder::test::lab();
    let client = |seconds, offline, force| Client { seconds, offline, force };
    let (short, long) = (client(5, false, false), client(50, false, false));
    assert_eq!((short.keyed(0), long.keyed(0), short.keyed(0), long.keyed(0)), (0, 1, 0, 1));
    lab.advance(Duration::from_secs(6));
    assert_eq!((short.keyed(0), long.keyed(0)), (2, 1));
    larder::cache().invalidate_tag("client:50").await.unwrap();
    assert_eq!((short.keyed(0), long.keyed(0)), (2, 3));
    assert_eq!((short.skipped(0).await, client(1, true, false).skipped(0).await, long.skipped(0).await), (4, 5, 4));
    assert_eq!((client(1, false, true).skipped(0).await, long.skipped(0).await), (6, 6));
}
