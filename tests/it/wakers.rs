//! Wakers that own more than a thread.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use larder::Cache;

use crate::late::{ends_within, poll};

/// A waker that owns a future, as those of tasks do.
#[allow(dead_code, reason = "it is there to be dropped")]
struct Owning(Mutex<Option<Pin<Box<dyn Future<Output = ()> + Send>>>>);

impl Wake for Owning {
    fn wake(self: Arc<Self>) {}
}

#[test]
fn a_waker_that_owns_another_follower_can_be_dropped() {
    ends_within(Duration::from_secs(5), || {
        let cache = Cache::builder().handler("ram", larder::Ram::builder()).build().unwrap();
        let follow = |cache: Cache| -> Pin<Box<dyn Future<Output = ()> + Send>> {
            Box::pin(async move {
                cache.get_or_set_with("k", 300, std::future::pending::<u32>).await.unwrap();
            })
        };
        let mut leader = follow(cache.clone());
        assert!(poll(leader.as_mut()).is_pending());
        let mut owned = follow(cache.clone());
        assert!(poll(owned.as_mut()).is_pending());
        let waker = Waker::from(Arc::new(Owning(Mutex::new(Some(owned)))));
        let mut follower = follow(cache);
        assert!(follower.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        drop(waker);
        // Polled by somebody else: the flight and the timer let go of the first waker, the last one there is.
        assert!(poll(follower.as_mut()).is_pending());
    });
}
