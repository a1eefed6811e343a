#![deny(unused, unreachable_code)]

use larder::cached;

#[cached]
fn unused(n: u64) -> u64 {
    let m = n;
    1
}

#[cached]
fn unused_argument(n: u64) -> u64 { 1 }

#[cached]
fn unreachable(n: u64) -> u64 {
    return n;
    n + 1
}

#[cached]
async fn unused_later(n: u64) -> u64 {
    let mut m = n;
    m
}

fn main() {
    let _ = (unused(1), unused::peek(1));
    let _ = (unused_argument(1), unused_argument::peek(1));
    let _ = (unreachable(1), unreachable::peek(1));
    drop((unused_later(1), unused_later::peek(1)));
}
