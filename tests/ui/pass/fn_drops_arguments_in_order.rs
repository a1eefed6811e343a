//! Arguments are dropped as without the attribute: behind the variables of the body, the last one first.
#![deny(warnings)]

use larder::cached;
use std::sync::Mutex;

static DROPPED: Mutex<Vec<&str>> = Mutex::new(Vec::new());

struct Noisy(&'static str);

impl Drop for Noisy {
    fn drop(&mut self) {
        DROPPED.lock().unwrap().push(self.0);
    }
}

fn plain(a: Noisy, (b, _): (Noisy, Noisy), _: Noisy, mut e: Noisy, f: Noisy) -> u64 {
    let _local = Noisy("local");
    let before = e.0;
    e = Noisy(if before == "e" { "e2" } else { "e3" });
    let _ = (&e, &b, &a, f);
    1
}

#[cached(skip(a, b, _, e, f))]
fn sync(a: Noisy, (b, _): (Noisy, Noisy), _: Noisy, mut e: Noisy, f: Noisy) -> u64 {
    let _local = Noisy("local");
    let before = e.0;
    e = Noisy(if before == "e" { "e2" } else { "e3" });
    let _ = (&e, &b, &a, f);
    1
}

#[cached(skip(a, b, _, e, f))]
async fn later(a: Noisy, (b, _): (Noisy, Noisy), _: Noisy, mut e: Noisy, f: Noisy) -> u64 {
    tokio::task::yield_now().await;
    let _local = Noisy("local");
    let before = e.0;
    e = Noisy(if before == "e" { "e2" } else { "e3" });
    let _ = (&e, &b, &a, f);
    1
}

fn six() -> (Noisy, (Noisy, Noisy), Noisy, Noisy, Noisy) {
    (Noisy("a"), (Noisy("b"), Noisy("c")), Noisy("d"), Noisy("e"), Noisy("f"))
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    let taken = || std::mem::take(&mut *DROPPED.lock().unwrap());
    let (a, b, d, e, f) = six();
    plain(a, b, d, e, f);
    let expected = taken();
    assert_eq!(expected.len(), 8, "{expected:?}");
    let (a, b, d, e, f) = six();
    sync(a, b, d, e, f);
    assert_eq!(taken(), expected);
    let (a, b, d, e, f) = six();
    later(a, b, d, e, f).await;
    assert_eq!(taken(), expected);
}
