use larder::cached;

#[cached(ttl = 1.5)]
fn fraction(n: u64) -> u64 { n }

fn main() {}
