//! How often bodies ran, which says whether what is measured as a hit is one.

use std::cell::Cell;

thread_local! {
    static RUNS: Cell<u64> = const { Cell::new(0) };
}

/// How often a body ran on this thread. What a body does on another thread is nobody's hit here.
pub fn runs() -> u64 {
    RUNS.get()
}

/// To be called by each body.
pub fn run() {
    RUNS.set(RUNS.get() + 1);
}
