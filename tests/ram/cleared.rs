//! No call gets what is older than an invalidation that had returned before it began; and none waits for one.
//!
//! Each value says which invalidations of its key had begun when its run began. A value that says less than had returned
//! when the call began is of a run that is older than one of them.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::task::Poll;

use futures::executor::block_on;
use larder::{Ram, cached};

use crate::install;
use crate::support::{Random, ends};

/// The keys that are invalidated; others come and go for evictions and growth.
const KEYS: usize = 8;

static BEGUN: [AtomicU64; KEYS] = [const { AtomicU64::new(0) }; KEYS];
static RETURNED: [AtomicU64; KEYS] = [const { AtomicU64::new(0) }; KEYS];

/// What a run reads; it may be overtaken by an invalidation right behind that.
fn read(key: usize) -> u64 {
    let begun = BEGUN[key].load(SeqCst);
    if begun.is_multiple_of(3) {
        std::thread::yield_now();
    }
    begun
}

#[cached(key = "{key}")]
fn number(key: usize) -> u64 {
    read(key)
}

#[cached(key = "{key}:{name}")]
fn text(key: usize, name: &str) -> String {
    format!("{name}{}", read(key))
}

#[cached(key = "{key}", tags = ["all", "key:{key}"])]
fn tagged(key: usize) -> u64 {
    read(key)
}

#[cached(key = "{key}")]
async fn later(key: usize) -> u64 {
    let begun = read(key);
    let mut is_first = true;
    // An executor may do other things in between.
    std::future::poll_fn(|context| {
        context.waker().wake_by_ref();
        if std::mem::take(&mut is_first) { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    begun
}

#[cached]
fn filler(n: u64) -> u64 {
    n
}

const NAME: &str = "a name that makes the key a long one: ";

fn check(key: usize, what: u64) {
    let returned = RETURNED[key].load(SeqCst);
    let (kind, value) = match what % 4 {
        0 => ("plain", number(key)),
        1 => ("long", text(key, NAME)[NAME.len()..].parse().unwrap()),
        2 => ("tagged", tagged(key)),
        _ => ("async", block_on(later(key))),
    };
    assert!(value >= returned, "{kind}: a value of before {value}, where {returned} had returned");
}

/// Invalidates some keys by what is right for that, and says when it began and that it has returned.
fn invalidate(key: usize, how: u64) {
    let keys = if how < 6 { key..key + 1 } else { 0..KEYS };
    let numbers: Vec<_> = keys.clone().map(|key| BEGUN[key].fetch_add(1, SeqCst) + 1).collect();
    let cache = larder::cache().blocking();
    let functions = |invalidate: [&dyn Fn() -> larder::Result<()>; 4]| invalidate.iter().try_for_each(|it| it());
    match how {
        0..=2 => functions([
            &|| number::invalidate(key),
            &|| text::invalidate(key, NAME),
            &|| tagged::invalidate(key),
            &|| block_on(later::invalidate(key)),
        ]),
        3..=5 => functions([
            &|| number::invalidate(key),
            &|| text::invalidate(key, NAME),
            &|| cache.invalidate_tag(&format!("key:{key}")),
            &|| block_on(later::invalidate(key)).map(|()| _ = block_on(later::refresh(key))),
        ]),
        6 => functions([&number::clear, &text::clear, &|| cache.invalidate_tag("all"), &|| block_on(later::clear())]),
        7 => cache.clear_matching("*"),
        _ => cache.clear(),
    }
    .unwrap();
    for (key, number) in keys.zip(numbers) {
        RETURNED[key].fetch_max(number, SeqCst);
    }
}

fn nothing_older_is_returned(threshold: usize, others: u64, invalidations: u64) {
    install(Ram::builder().threshold(threshold));
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for seed in 0..3 {
            let is_done = &is_done;
            scope.spawn(move || {
                let mut random = Random::new(seed);
                while !is_done.load(SeqCst) {
                    for _ in 0..10 {
                        check(random.below(KEYS as u64) as usize, random.below(4));
                    }
                    let n = random.below(others);
                    assert_eq!(filler(n), n);
                }
            });
        }
        let writers = [10, 11].map(|seed| {
            scope.spawn(move || {
                let mut random = Random::new(seed);
                for _ in 0..invalidations {
                    let key = random.below(KEYS as u64) as usize;
                    invalidate(key, random.below(9));
                    (0..4).for_each(|what| check(key, what));
                    std::thread::yield_now();
                }
            })
        });
        let ended: Vec<_> = writers.map(std::thread::ScopedJoinHandle::join).into_iter().collect();
        is_done.store(true, SeqCst);
        ended.into_iter().for_each(|ended| ended.expect("nothing older"));
    });
    assert!(number::stats().hits > 0 && text::stats().hits > 0 && later::stats().hits > 0 && tagged::stats().hits > 0);
}

#[test]
fn nothing_older_than_an_invalidation_is_returned_in_one_shard_with_evictions() {
    ends(|| nothing_older_is_returned(30, 200, 800));
}

#[test]
fn nothing_older_than_an_invalidation_is_returned_where_next_to_nothing_fits() {
    ends(|| nothing_older_is_returned(2, 10, 800));
}

#[test]
fn nothing_older_than_an_invalidation_is_returned_in_several_shards_with_evictions() {
    ends(|| nothing_older_is_returned(1_100, 4_000, 800));
}

#[test]
fn nothing_older_than_an_invalidation_is_returned_in_shards_that_grow() {
    ends(|| nothing_older_is_returned(100_000, 60_000, 800));
}
