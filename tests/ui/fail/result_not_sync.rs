use larder::cached;

use std::cell::{Cell, RefCell};

#[cached]
fn cell(n: u64) -> Cell<u64> { n.into() }

#[cached]
fn shared(n: u64) -> Option<RefCell<u64>> { Some(n.into()) }

fn main() {
    let _ = (cell(1), cell::peek(1));
    let _ = (shared(1), shared::peek(1));
}
