use larder::cached;

const WANTED: bool = true;

fn by_value(v: u64) -> bool { v > 1 }

#[cached(cache_if = WANTED)]
fn constant(n: u64) -> u64 { n }

#[cached(cache_if = by_value)]
fn other_argument(n: u64) -> u64 { n }

#[cached(cache_if = 1 > 2)]
fn condition(n: u64) -> u64 { n }

fn main() {
    let _ = (constant(1), constant::peek(1));
    let _ = (other_argument(1), other_argument::peek(1));
    let _ = (condition(1), condition::peek(1));
    let _ = by_value(1);
}
