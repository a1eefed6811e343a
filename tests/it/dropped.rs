//! Values that call cached functions when they are dropped.

use std::sync::Arc;
use std::time::Duration;

use larder::cached;

use crate::late::ends_within;

#[cached(name = "review::called")]
fn called(n: u32) -> u32 {
    n
}

#[derive(Clone)]
struct Talks(#[allow(dead_code, reason = "it is there to be dropped")] Option<Arc<OnDrop>>);

struct OnDrop(larder::test::Pass);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.run(|| called(3));
    }
}

#[cached(name = "review::talks", skip(pass))]
fn talks(pass: larder::test::Pass, n: u32) -> Talks {
    let _ = n;
    Talks(Some(Arc::new(OnDrop(pass))))
}

#[test]
fn a_value_in_a_lab_may_call_a_cached_function_when_it_is_dropped() {
    ends_within(Duration::from_secs(5), || {
        let lab = larder::test::lab();
        talks(lab.pass(), 1);
        talks::refresh(lab.pass(), 1);
        talks::invalidate(1).unwrap();
        talks(lab.pass(), 1);
        larder::cache().blocking().clear().unwrap();
    });
}
