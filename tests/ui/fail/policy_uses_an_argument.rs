use larder::cached;

#[cached(cache_if = |v| *v > least, ttl = |v| v + least)]
fn user(id: u64, least: u64) -> u64 { id + least }

fn main() {}
