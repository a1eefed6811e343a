//! Many tasks that call at once, on the two kinds of runtime.

use std::hint::black_box;

use larder_benches::rounds::now;
use tokio::runtime::{Builder, Runtime};

/// How many tasks there are at once, and how often each of them calls in a turn.
pub const TASKS: usize = 256;
const EACH: usize = 40;

/// How often one task calls in a turn.
const ALONE: usize = 200;

/// How the tasks of a turn are run.
#[derive(Clone, Copy)]
pub struct Way {
    pub name: &'static str,
    workers: usize,
}

pub const WAYS: [Way; 2] =
    [Way { name: "a runtime of one thread", workers: 0 }, Way { name: "a runtime of two workers", workers: 2 }];

impl Way {
    pub fn runtime(self) -> Runtime {
        let runtime = match self.workers {
            0 => Builder::new_current_thread().enable_all().build(),
            workers => Builder::new_multi_thread().worker_threads(workers).enable_all().build(),
        };
        runtime.expect("a runtime")
    }
}

/// Microseconds a call, of so many tasks that each call one after the other; `place` is the number of a call in its turn.
pub fn turn<F, Fut>(runtime: &Runtime, tasks: usize, call: F) -> f64
where
    F: Fn(u64) -> Fut + Clone + Send + 'static,
    Fut: Future<Output: Send> + Send,
{
    let each = if tasks == 1 { ALONE } else { EACH };
    let began = now();
    runtime.block_on(async {
        let task = |task: usize| {
            let call = call.clone();
            tokio::spawn(async move {
                for number in 0..each {
                    black_box(call((number * tasks + task) as u64).await);
                }
            })
        };
        let tasks: Vec<_> = (0..tasks).map(task).collect();
        for task in tasks {
            task.await.expect("a task ends");
        }
    });
    began.elapsed().as_nanos() as f64 / 1000.0 / (tasks * each) as f64
}
