use larder::cached;

#[cached(cache_if = |v| v + 1)]
fn number(n: u64) -> u64 { n }

#[cached(bypass = n)]
fn bypass(n: u64) -> u64 { n }

fn main() {}
