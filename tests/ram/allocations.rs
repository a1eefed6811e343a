//! What hits allocate: nothing but the copy of the result.
#![allow(unsafe_code, reason = "an allocator that counts")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::task::{Context, Poll, Waker};

use larder::{Clock, Ram, cached};

use crate::install;

/// The system's allocator, which counts.
struct Counting;

/// The bytes that are allocated and not freed.
static BYTES: AtomicI64 = AtomicI64::new(0);

thread_local! {
    /// How often this thread allocated.
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: all is done by the system's allocator, with what the caller gives.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        BYTES.fetch_add(layout.size() as i64, Relaxed);
        // SAFETY: as the caller says.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        BYTES.fetch_sub(layout.size() as i64, Relaxed);
        // SAFETY: as the caller says.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// The bytes that are in use.
pub(crate) fn bytes_in_use() -> i64 {
    BYTES.load(Relaxed)
}

/// How often this thread allocates in `calls` calls, and how often in one of them.
fn allocations_in<T>(calls: u64, call: &mut impl FnMut() -> T) -> f64 {
    let before = COUNT.get();
    for _ in 0..calls {
        black_box(call());
    }
    (COUNT.get() - before) as f64 / calls as f64
}

/// Each hit allocates `count` times.
fn each_hit_allocates<T>(count: u64, mut call: impl FnMut() -> T) {
    // The first calls run, and wake the thread that writes the time of hits.
    let clock = Clock::system();
    let start = clock.now();
    while allocations_in(10, &mut call) > count as f64 {
        assert!(clock.now() - start < 20_000, "{} times in a call", allocations_in(100, &mut call));
    }
    // That thread may be stopped for so long that it seems nobody calls any more; then some calls take another way.
    let rounds: Vec<f64> = (0..3).map(|_| allocations_in(100, &mut call)).collect();
    assert!(rounds.contains(&(count as f64)), "{rounds:?} times in a call");
}

/// The result of a future that is ready at once.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("it waits"),
    }
}

#[cached]
fn number(n: u64) -> u64 {
    n + 1
}

#[cached]
fn text(name: &str, n: u64) -> String {
    format!("{name}{n}")
}

#[cached]
fn shared(n: u64) -> Arc<String> {
    Arc::new(n.to_string())
}

#[cached]
fn optional(n: u64) -> Option<u64> {
    Some(n)
}

#[cached]
fn fallible(n: u64) -> Result<Arc<str>, std::num::ParseIntError> {
    "7".parse::<u64>().map(|seven| (n + seven).to_string().into())
}

#[cached]
fn generic<T: Into<u64> + std::hash::Hash + Send + Sync + 'static>(t: T) -> u64 {
    t.into()
}

struct Service;

impl Service {
    #[cached(skip(self))]
    fn method(&self, name: &str) -> u64 {
        name.len() as u64
    }
}

#[cached]
async fn number_later(n: u64) -> u64 {
    n + 1
}

#[cached]
async fn text_later(name: &str, n: u64) -> String {
    format!("{name}{n}")
}

#[cached]
async fn shared_later(n: u64) -> Arc<String> {
    Arc::new(n.to_string())
}

/// Longer than what keys have room for in their nodes.
const LONG: &str =
    "a name of some length, with which a key has more than a hundred bytes: it lies elsewhere than short ones do";

#[test]
fn a_hit_allocates_nothing_but_the_copy_of_the_result() {
    install(Ram::builder());
    each_hit_allocates(0, || number(1));
    each_hit_allocates(0, || shared(1));
    each_hit_allocates(0, || optional(1));
    each_hit_allocates(0, || fallible(1));
    each_hit_allocates(0, || (generic(1_u32), generic(1_u8)));
    each_hit_allocates(0, || Service.method("name"));
    each_hit_allocates(1, || text("name", 1));
}

#[test]
fn the_key_of_a_hit_is_not_allocated_though_it_is_long() {
    install(Ram::builder());
    each_hit_allocates(1, || text("", 1));
    each_hit_allocates(1, || text("a name", 1));
    each_hit_allocates(1, || text(&LONG[..40], 1));
    each_hit_allocates(0, || Service.method(&LONG[..40]));
}

#[test]
fn the_future_of_a_hit_allocates_nothing_either() {
    install(Ram::builder());
    each_hit_allocates(0, || now(number_later(1)));
    each_hit_allocates(0, || now(shared_later(1)));
    each_hit_allocates(1, || now(text_later("name", 1)));
    each_hit_allocates(1, || now(text_later(&LONG[..40], 1)));
}

#[test]
fn what_is_invalidated_gives_its_memory_back() {
    install(Ram::builder().threshold(2_000));
    let fill = || (0..2_000).for_each(|n| _ = black_box((number(n), text(LONG, n), shared(n))));
    let empty = || {
        larder::cache().blocking().clear().unwrap();
        bytes_in_use()
    };
    fill();
    let before = empty();
    for _ in 0..5 {
        fill();
        let after = empty();
        // The queues and the list of removals have grown at most to what they may come to.
        assert!(after - before < 400_000, "{} bytes more than after the first round", after - before);
    }
}
