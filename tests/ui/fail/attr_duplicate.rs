use larder::cached;

#[cached(ttl = 30, handler = "ram", ttl = 60)]
fn twice(n: u64) -> u64 { n }

#[cached(skip(a, a))]
fn skipped_twice(a: u64, b: u64) -> u64 { a + b }

fn main() {}
