//! Ten callers at once.

use std::sync::Barrier;
use std::thread;

use futures_util::future::join_all;
use larder_benches::rounds::now;
use tokio::runtime::Builder;

/// How many callers there are, and how many entries each of them sets in a turn.
pub const AT_ONCE: usize = 10;
const EACH: usize = 50;

/// How many entries all of them set in a turn.
pub const TURN: u64 = (AT_ONCE * EACH) as u64;

/// Microseconds an entry, where ten tasks of a current-thread runtime set one after the other. `first` is asked for the
/// number of the first entry of a turn that has so many.
pub fn tasks<T>(first: impl Fn(u64) -> u64, set: impl AsyncFn(u64) -> T) -> f64 {
    let first = first(TURN);
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    let began = now();
    runtime.block_on(async {
        let task = async |task: usize| {
            for number in 0..EACH {
                set(first + (number * AT_ONCE + task) as u64).await;
            }
        };
        join_all((0..AT_ONCE).map(task)).await;
    });
    began.elapsed().as_nanos() as f64 / 1000.0 / TURN as f64
}

/// The same of ten threads: from when the first of them begins until the last has ended.
pub fn threads(set: impl Fn(u64) + Sync) -> f64 {
    let barrier = Barrier::new(AT_ONCE);
    let work = |thread: usize| {
        barrier.wait();
        let began = now();
        for number in 0..EACH {
            set((number * AT_ONCE + thread) as u64);
        }
        (began, now())
    };
    let times: Vec<_> = thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = (0..AT_ONCE).map(|thread| scope.spawn(move || work(thread))).collect();
        threads.into_iter().map(|thread| thread.join().expect("the sets are done")).collect()
    });
    let began = times.iter().map(|(began, _)| *began).min().expect("there are threads");
    let ended = times.iter().map(|(_, ended)| *ended).max().expect("there are threads");
    (ended - began).as_nanos() as f64 / 1000.0 / TURN as f64
}
