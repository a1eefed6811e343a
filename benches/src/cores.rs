//! Threads that stay on a core each, and start together.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fs, hint, thread};

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

/// A processor of each of two cores, or one if this process may use no more.
pub fn two() -> Vec<usize> {
    let this = Pid::from_raw(0);
    let allowed = sched_getaffinity(this).expect("the system says which processors may be used");
    let mut processors = (0..CpuSet::count()).filter(|number| allowed.is_set(*number).unwrap_or(false));
    let first = processors.next().expect("this runs on a processor");
    let second = processors.find(|number| core(*number).is_none() || core(*number) != core(first));
    [Some(first), second].into_iter().flatten().collect()
}

/// What tells the core of a processor from others, where the system says it.
fn core(processor: usize) -> Option<String> {
    fs::read_to_string(format!("/sys/devices/system/cpu/cpu{processor}/topology/thread_siblings_list")).ok()
}

/// Keeps this thread on a processor.
pub fn stay(processor: usize) {
    let mut only = CpuSet::new();
    only.set(processor).and_then(|()| sched_setaffinity(Pid::from_raw(0), &only)).expect("a processor of ours");
}

/// Runs the work on each of the processors at once, with the place of the processor among them, and gives what each
/// returned. What the work prepares is done before all start together: it says when it is ready by the function it gets.
pub fn together<T: Send>(processors: &[usize], work: impl Fn(usize, &dyn Fn()) -> T + Sync) -> Vec<T> {
    let ready = AtomicUsize::new(0);
    let start = || {
        ready.fetch_add(1, Ordering::SeqCst);
        while ready.load(Ordering::SeqCst) < processors.len() {
            hint::spin_loop();
        }
    };
    thread::scope(|scope| {
        let spawn = |(place, processor): (usize, &usize)| {
            let (work, start, processor) = (&work, &start, *processor);
            scope.spawn(move || {
                stay(processor);
                work(place, start)
            })
        };
        let threads: Vec<_> = processors.iter().enumerate().map(spawn).collect();
        threads.into_iter().map(|thread| thread.join().expect("the work is done")).collect()
    })
}
