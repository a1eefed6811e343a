use larder::cached;

use std::time::Duration;

#[cached(ttl = TTL)]
fn constant(n: u64) -> u64 { n }

#[cached(ttl = Duration::from_minute(5))]
fn function(n: u64) -> u64 { n }

#[cached(ttl = urgnt)]
fn argument(n: u64, urgent: u64) -> u64 { n + urgent }

fn main() {
    let _ = (constant(1), constant::peek(1));
    let _ = (function(1), function::peek(1));
    let _ = (argument(1, 1), argument::peek(1, 1));
    let _ = Duration::ZERO;
}
