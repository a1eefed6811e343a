//! The test lab: tests apart from each other, a clock that stands still, handlers that fail on demand.

use std::time::Duration;

use larder::cached;

#[cached(handler = "redis", ttl = 30)]
async fn remote(id: u64) -> u64 {
    id
}

#[cached(name = "lab::local", ttl = "1m")]
fn local(id: u64) -> u64 {
    id
}

#[tokio::test]
async fn time_is_moved_and_not_slept() {
    let lab = larder::test::lab();
    remote(1).await;
    remote(1).await;
    assert_eq!((remote::stats().hits, remote::stats().runs), (1, 1));
    lab.advance(Duration::from_millis(29_999));
    remote(1).await;
    assert_eq!(remote::stats().runs, 1);
    lab.advance(Duration::from_millis(1));
    remote(1).await;
    assert_eq!(remote::stats().runs, 2);
}

#[tokio::test]
async fn handlers_are_there_under_every_name_and_can_fail() {
    let lab = larder::test::lab();
    remote(1).await;
    local(1);
    lab.fail("redis");
    assert_eq!(remote(1).await, 1);
    assert!(remote::invalidate(1).await.is_err());
    local(1);
    assert_eq!(local::stats().hits, 1, "other handlers work on");
    lab.heal("redis");
    remote(2).await;
    remote(2).await;
    assert_eq!(remote::stats().hits, 1);
}

#[test]
fn labs_never_see_each_others_entries_or_statistics() {
    let threads: Vec<_> = (0..8)
        .map(|_| {
            std::thread::spawn(|| {
                for _ in 0..50 {
                    let _lab = larder::test::lab();
                    local(1);
                    local(1);
                    assert_eq!((local::stats().runs, local::stats().hits), (1, 1));
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_future_that_moves_between_threads_stays_in_the_lab() {
    let lab = larder::test::lab();
    lab.run(async {
        for _ in 0..50 {
            remote(2).await;
            tokio::task::yield_now().await;
        }
        assert_eq!(remote::stats().runs, 1);
    })
    .await;
    let spawned = tokio::spawn(lab.run(async { remote(2).await })).await.unwrap();
    assert_eq!((spawned, remote::stats().runs), (2, 1));
}

#[test]
fn calls_that_escape_run_uncached_and_are_listed() {
    let lab = larder::test::lab();
    std::thread::spawn(|| assert_eq!((local(1), local(1)), (1, 1))).join().unwrap();
    assert_eq!(local::stats().runs, 0);
    assert_eq!(lab.escaped(), ["lab::local"]);
    let pass = lab.pass();
    std::thread::spawn(move || pass.run(|| local(1))).join().unwrap();
    assert_eq!(local::stats().runs, 1);
}
