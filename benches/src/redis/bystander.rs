//! Another client of the same server, who is to notice nothing.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use larder_benches::rounds::now;

use crate::server::Server;
use crate::trips::percentile;

/// How many of a hundred of its `GET`s are faster than what is called slow.
const SLOW: usize = 99;

/// Microseconds that the slowest of its `GET`s take while `work` is done, and how long that was.
pub fn slow(server: &Server, work: impl FnOnce()) -> (f64, f64) {
    let (begun, over) = (AtomicBool::new(false), AtomicBool::new(false));
    thread::scope(|scope| {
        let gets = scope.spawn(|| {
            let mut connection = server.client().get_connection().expect("a connection");
            let mut seen = Vec::new();
            while !over.load(Ordering::SeqCst) {
                let began = now();
                redis::cmd("GET").arg("bystander").exec(&mut connection).expect("a reply");
                seen.push(began.elapsed().as_nanos() as f64 / 1e3);
                begun.store(true, Ordering::SeqCst);
            }
            seen
        });
        while !begun.load(Ordering::SeqCst) {
            thread::yield_now();
        }
        let began = now();
        work();
        let took = began.elapsed().as_nanos() as f64 / 1e3;
        over.store(true, Ordering::SeqCst);
        let mut seen = gets.join().expect("the bystander ends");
        (percentile(&mut seen, SLOW), took)
    })
}
