//! Other processes that stay, and are asked in turns: children of this program, and Python.

use std::path::Path;
use std::process::Command;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{cell::RefCell, env, thread};

pub use larder_benches::talk::Talk;

use crate::values::Size;

/// Python's diskcache, which measures itself.
pub struct Python(RefCell<Talk>);

/// How many calls it makes in a turn: about as long as the turns of others.
const GETS: usize = 500;
const SETS: usize = 100;
const LARGE_GETS: usize = 50;
const LARGE_GETS_FROM: usize = 100_000;

impl Python {
    /// Fills a cache of its own, if there is one: see [`python`].
    pub fn start(folder: &Path, size: &Size) -> Option<Self> {
        let mut command = Command::new(python());
        command.args(["-c", include_str!("diskcache.py")]).arg(folder);
        command.args([size.bytes.to_string(), size.keys.to_string()]);
        let mut talk = Talk::start(&mut command).ok()?;
        match talk.hear().as_str() {
            "ready" => Some(Self(RefCell::new(talk))),
            "missing" => None,
            said => panic!("Python said `{said}`"),
        }
    }

    /// Nanoseconds a call.
    pub fn get(&self, from: u64, size: &Size) -> f64 {
        let calls = if size.bytes > LARGE_GETS_FROM { LARGE_GETS } else { GETS };
        self.0.borrow_mut().ask(&format!("get {from} {calls}"))
    }

    /// The same for a set.
    pub fn set(&self, from: u64) -> f64 {
        self.0.borrow_mut().ask(&format!("set {from} {SETS}"))
    }
}

/// The Python that has diskcache, if another than `python3` does.
fn python() -> String {
    env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

/// Its version, or that it is not there.
pub fn describe_python() -> String {
    let output = Command::new(python())
        .args([
            "-c",
            "import sys, diskcache; print('diskcache', diskcache.__version__, 'on Python', sys.version.split()[0])",
        ])
        .output();
    let said = output.ok().filter(|output| output.status.success()).map(|output| output.stdout);
    said.map_or_else(
        || format!("diskcache is not installed for `{}`", python()),
        |said| String::from_utf8_lossy(&said).trim().to_owned(),
    )
}

/// What a child does that works from `go` to `stop`, until its parent ends: it says 1 when it begins, and at the end how
/// often it worked.
pub fn obey(mut work: impl FnMut(usize)) {
    let (going, told) = (AtomicBool::new(false), Barrier::new(2));
    thread::scope(|scope| {
        scope.spawn(|| {
            for line in std::io::stdin().lines() {
                let line = line.expect("a line");
                going.store(line == "go", Ordering::SeqCst);
                if line == "go" {
                    told.wait();
                }
            }
            // Without the parent there is nobody to work for.
            std::process::exit(0);
        });
        let mut number = 0;
        loop {
            told.wait();
            println!("1");
            let from = number;
            while going.load(Ordering::SeqCst) {
                work(number);
                number += 1;
            }
            println!("{}", number - from);
        }
    });
}
